import * as z from 'zod';

/** Envelope around the data of every successful answer. */
export function successEnvelope<D extends z.ZodType>(data: D) {
  return z.object({
    success: z.literal(true),
    data,
    message: z.string(),
    timestamp: z.iso.datetime(),
  });
}

/** Envelope of every failure, whatever refused the request. */
export const failureEnvelopeSchema = z
  .object({
    success: z.literal(false),
    error: z.object({
      code: z.string().meta({ description: 'Stable name of the error.', example: 'TOPIC_NOT_FOUND' }),
      message: z.string().meta({ description: 'What happened, to what.' }),
      type: z.string().meta({ description: 'Coarse class of the error.', example: 'not_found' }),
      remedy: z.string().optional().meta({ description: 'What to do next.' }),
      details: z
        .record(z.string(), z.unknown())
        .optional()
        .meta({ description: 'Facts; for VALIDATION_ERROR the reason for each field.' }),
    }),
    timestamp: z.iso.datetime(),
    requestId: z.string().meta({ description: 'The log of the server has this id too.' }),
  })
  .meta({ id: 'Failure' });

export type FailureEnvelope = z.infer<typeof failureEnvelopeSchema>;

import { KafkaManagerError } from '../../contract/errors';

/** What is wrong with a line, in a sentence that goes on after its number or the field's name. Never holds data. */
export function lineError(line: number, reason: string, field?: string): KafkaManagerError {
  const subject = field === undefined ? `Line ${line}` : `Line ${line}: "${field.slice(0, 100)}"`;
  return new KafkaManagerError('VALIDATION_ERROR', `${subject} ${reason}.`, {
    details: field === undefined ? { line } : { line, field: field.slice(0, 100) },
    remedy: `Correct line ${line} of the file.`,
  });
}

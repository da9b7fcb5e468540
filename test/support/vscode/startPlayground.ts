import type { Workbench } from './workbench';

/** Starts the embedded broker from the welcome view of a fresh profile. @returns its address */
export async function startPlayground({ sidebar }: Workbench): Promise<string> {
  await sidebar.open('Kafka');
  const services = sidebar.view('Services');
  await services.pressWelcome('Start Playground');
  await services.waitRows((rows) => rows.some((row) => row.trim().startsWith('Broker')), 'a broker');
  return services.row('Bootstrap').description();
}

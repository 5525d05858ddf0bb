// tests/npm/verify.mjs: reads requests as lines of JSON {"form", "headers",
// "body", "secrets"} and says of each what a receiver's library makes of it:
// {"ids": [...]} in the order of the secrets, or {"error"}.
import { HTTP } from 'cloudevents';
import { createInterface } from 'node:readline';
import { Webhook } from 'standardwebhooks';

const signed = ({ headers, body, secrets }) =>
  secrets.map((secret) => new Webhook(secret).verify(body, headers))
    .map((document) => document.data?.id ?? document.id);

const event = ({ headers, body }) => {
  const e = HTTP.toEvent({ headers, body });
  e.validate();
  return [e.id, e.data.id, e.source, e.type, e.subject];
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let said;
  try {
    said = { ids: request.form === 'event' ? event(request) : signed(request) };
  } catch (error) {
    said = { error: String(error.message) };
  }
  console.log(JSON.stringify(said));
}

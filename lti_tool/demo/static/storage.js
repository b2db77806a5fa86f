// Platform storage of the demo LMS: keeps values for the tool in a frame of this page, apart for every origin.
const kept = new Map();
const LONGEST = 4096;

function answer({ subject, message_id: id, key, value }, origin) {
  if (!id) return { error: { code: "bad_request", message: "message_id is missing" } };
  const values = kept.get(origin) ?? new Map();
  kept.set(origin, values);
  if (subject === "lti.capabilities") {
    return { supported_messages: ["lti.capabilities", "lti.put_data", "lti.get_data"].map((name) => ({ subject: name })) };
  }
  if (subject === "lti.get_data") return { key, value: values.get(key) ?? null };
  if (value === null) values.delete(key);
  else if (String(value).length > LONGEST) return { error: { code: "storage_exhaustion", message: "too long" } };
  else values.set(key, value);
  return { key, value };
}

window.addEventListener("message", ({ data, origin, source }) => {
  if (!["lti.capabilities", "lti.put_data", "lti.get_data"].includes(data?.subject)) return;
  source.postMessage(
    { subject: `${data.subject}.response`, message_id: data.message_id, ...answer(data, origin) },
    origin,
  );
});

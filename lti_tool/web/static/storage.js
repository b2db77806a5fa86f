// The LMS's page keeps a login for us where the browser keeps no cookies in frames (LTI Client Side postMessages).
// Secrets are sent to the origin that signs people in, and to no other; answers count from there only.
const PREFIXES = ["lti.", "org.imsglobal.lti."]; // the present names, then the older ones
const PATIENCE = 400; // milliseconds for one answer: a page that does not know the message is silent

const root = document.querySelector("[data-storage]");
const { storage, frame, origin, key } = root.dataset;
const lms = window.parent === window ? window.opener : window.parent;

function named(name) {
  try {
    return name && name !== "_parent" ? (lms.frames[name] ?? lms) : lms;
  } catch {
    return lms; // no frame of that name
  }
}

function number() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ask(to, toOrigin, message) {
  return new Promise((resolve, reject) => {
    const sent = { ...message, message_id: number() };
    const end = (settle, value) => {
      clearTimeout(timer);
      window.removeEventListener("message", listen);
      settle(value);
    };
    const listen = ({ data, origin: from }) => {
      const ours = data?.message_id === sent.message_id && data.subject === `${sent.subject}.response`;
      if (!ours || (toOrigin !== "*" && from !== toOrigin)) return;
      if (data.error) end(reject, new Error(String(data.error.code)));
      else if (data.key !== sent.key) end(reject, new Error("another key"));
      else end(resolve, data);
    };
    const timer = setTimeout(() => end(reject, new Error("no answer")), PATIENCE);
    window.addEventListener("message", listen);
    to.postMessage(sent, toOrigin);
  });
}

// How to talk to this LMS: what it says itself comes first, then what the login named, by either set of names.
async function ways() {
  for (const prefix of PREFIXES) {
    try {
      const { supported_messages: known } = await ask(lms, "*", { subject: `${prefix}capabilities` });
      const put = known.find(({ subject }) => subject === `${prefix}put_data`);
      return put ? [{ prefix, to: named(put.frame ?? frame) }] : [];
    } catch {
      // the other names
    }
  }
  return PREFIXES.map((prefix) => ({ prefix, to: named(frame) }));
}

async function tell(verb, fields) {
  if (!lms || !origin) throw new Error("no LMS around");
  for (const { prefix, to } of await ways()) {
    try {
      const answer = await ask(to, origin, { subject: `${prefix}${verb}_data`, key, ...fields });
      return { prefix, to, answer };
    } catch {
      // the next way
    }
  }
  throw new Error("not kept");
}

async function put() {
  try {
    await tell("put", { value: root.dataset.value });
  } catch {
    // the cookie may be kept all the same, and if not, the launch offers another way
  }
  window.location.replace(root.dataset.address);
}

function keepsCookies() {
  try {
    document.cookie = "lti_try=1; Secure; SameSite=None; Partitioned; Path=/lti/launch; Max-Age=60";
    return document.cookie.includes("lti_try=1");
  } catch {
    return false;
  }
}

async function get() {
  const show = (part) => {
    document.querySelector("#storage-wait").hidden = true;
    document.querySelector(part).hidden = false;
  };
  try {
    const { prefix, to, answer } = await tell("get", {});
    if (typeof answer.value !== "string" || !answer.value) throw new Error("nothing kept");
    document.querySelector("#storage-value").value = answer.value;
    to.postMessage({ subject: `${prefix}put_data`, message_id: number(), key, value: null }, origin);
    if (window.top === window || keepsCookies()) root.querySelector("form").submit();
    else show("#storage-window");
  } catch {
    show("#storage-lost");
  }
}

if (storage === "put") put();
else get();

"use strict";
// Passkeys: asks the browser for one, and sends what it answers. Without scripts there are none.
const bytesOf = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(path, body) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  const token = document.querySelector("meta[name=csrf-token]");
  if (token) headers["X-CSRF-Token"] = token.content;
  const answer = await fetch(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const content = await answer.json();
  if (!answer.ok) {
    const parts = (content.errors || []).map((error) => error.message);
    throw new Error([content.detail, ...parts].filter(Boolean).join(" ") || content.title);
  }
  return content;
}

const known = (list) => (list || []).map((each) => ({ ...each, id: bytesOf(each.id) }));

// What one of the passkeys that the options allow answers.
async function answer(path) {
  const { public_key: options } = await send(path, {});
  const used = await navigator.credentials.get({ publicKey: {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: known(options.allowCredentials),
  } });
  const { response } = used;
  return {
    id: used.id, rawId: textOf(used.rawId), type: used.type,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  };
}

const ownAnswer = () => answer("account/passkeys/confirm/options");

async function make(form) {
  const fields = new FormData(form);
  const asked = { password: fields.get("password") || "", code: fields.get("code") || "" };
  if (fields.has("credential") && !asked.code && "withPasskey" in form.dataset) {
    asked.credential = await ownAnswer();
  }
  const { public_key: options } = await send("account/passkeys/options", asked);
  const made = await navigator.credentials.create({ publicKey: {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  } });
  await send("account/passkeys", { name: fields.get("name"), credential: {
    id: made.id, rawId: textOf(made.rawId), type: made.type,
    response: {
      clientDataJSON: textOf(made.response.clientDataJSON),
      attestationObject: textOf(made.response.attestationObject),
    },
  } });
}

async function signIn() {
  await send("session/passkey", { credential: await answer("session/passkey/options") });
}

// Whom a form invites as no more than one of an organisation's people, it invites without a proof.
const asksNothing = ({ organization, role }) =>
  Boolean(role && organization && organization.value.trim() && role.value !== "owner");

// Fills in what the passkey answers, and sends the form as it was going to be.
async function confirm(form, button) {
  form.elements.credential.value = JSON.stringify(await ownAnswer());
  form.requestSubmit(button);
}

async function attempt(work) {
  const problem = document.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    const isStopped = error instanceof DOMException;
    problem.textContent = isStopped ? problem.dataset.cancelled : error.message;
    problem.hidden = false;
    problem.scrollIntoView({ block: "nearest" });
  }
}

async function goOnAfter(work, place) {
  await work(place);
  location.assign(place.dataset.next);
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    if (place.dataset.passkey === "make") {
      place.addEventListener("submit", (event) => {
        event.preventDefault();
        attempt(() => goOnAfter(make, place));
      });
    } else if (place.dataset.passkey === "confirm") {
      place.addEventListener("submit", (event) => {
        const { credential, code } = place.elements;
        if (credential.value || (code && code.value.trim()) || asksNothing(place.elements)) return;
        event.preventDefault();
        event.stopPropagation(); // nothing was sent yet
        attempt(() => confirm(place, event.submitter));
      });
    } else {
      place.addEventListener("click", () => attempt(() => goOnAfter(signIn, place)));
    }
  }
}

// The page that makes a phone's browser the camera.
const line = document.getElementById("line"), view = document.getElementById("view"), start = document.getElementById("start");
const say = (text) => { line.textContent = text; };

// letIn pairs with the secret in the fragment, which then goes from the address.
async function letIn() {
  const secret = new URLSearchParams(location.hash.slice(1)).get("k");
  history.replaceState(null, "", "/");
  if (secret) {
    const r = await fetch("/pair", { method: "POST", body: JSON.stringify({ k: secret }) });
    if (r.ok) return r.json();
    const known = await fetch("/me");
    if (known.ok) return known.json();
    throw new Error(await r.text());
  }
  const r = await fetch("/me");
  if (!r.ok) throw new Error(await r.text());
  return r.json();
}

let socket, offset = 0, best = Infinity, acked = true;

function connect() {
  socket = new WebSocket("wss://" + location.host + "/socket");
  socket.binaryType = "arraybuffer";
  socket.onopen = () => { acked = true; best = Infinity; ping(); };
  socket.onmessage = (e) => {
    const m = JSON.parse(e.data);
    if (m.pong) {
      const trip = performance.now() - m.pong[0];
      if (trip < best) { best = trip; offset = m.pong[1] - m.pong[0] - trip / 2; }
    }
    if (m.ack) acked = true;
    if (m.role) say(m.role.text || "This phone is the camera.");
    if (m.screen) say(m.screen.advice || m.screen.title || "");
  };
  socket.onclose = () => { say("No connection. Trying again …"); setTimeout(connect, 1000); };
}

function ping() { if (socket.readyState === 1) socket.send(JSON.stringify({ ping: performance.now() })); }

async function film() {
  view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
  view.hidden = false;
  await view.play();
  const canvas = document.createElement("canvas");
  setInterval(ping, 2000);
  setInterval(() => {
    if (!acked || !socket || socket.readyState !== 1 || best === Infinity) return;
    acked = false;
    canvas.width = view.videoWidth; canvas.height = view.videoHeight;
    const taken = performance.now() + offset;
    canvas.getContext("2d").drawImage(view, 0, 0);
    canvas.toBlob(async (blob) => {
      const jpeg = await blob.arrayBuffer(), all = new Uint8Array(8 + jpeg.byteLength);
      new DataView(all.buffer).setBigUint64(0, BigInt(Math.round(taken)));
      all.set(new Uint8Array(jpeg), 8);
      if (socket.readyState === 1) socket.send(all);
    }, "image/jpeg", 0.85);
  }, 80);
}

document.addEventListener("visibilitychange", () => {
  if (socket && socket.readyState === 1) socket.send(JSON.stringify({ state: { hidden: document.hidden } }));
});

try {
  await letIn();
  connect();
  await film().catch((e) => { say(e.message); socket.addEventListener("open", () => socket.send(JSON.stringify({ state: { camera: e.name } }))); });
} catch (e) { say(e.message); }

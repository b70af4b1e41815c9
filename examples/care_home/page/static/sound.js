// The sound of an alarm in the browser. Browsers allow it only after somebody has pressed something.

let audio = null;

export function isAudible() { return audio?.state === "running"; }

export async function unmute() {
  audio ??= new AudioContext();
  await audio.resume();
}

export async function mute() { await audio?.suspend(); }

// Three short tones.
export function beep() {
  if (!isAudible()) return;
  [0, 0.25, 0.5].forEach((after) => {
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = 880;
    volume.gain.value = 0.25;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + 0.15);
  });
}

/** The ring tone: two soft notes, repeated, made on the spot so that there is no file to load. */

const EVERY_MS = 2_400;
const NOTES: readonly { hz: number; at: number }[] = [
  { hz: 659.3, at: 0 },
  { hz: 830.6, at: 0.18 },
  { hz: 659.3, at: 0.5 },
  { hz: 830.6, at: 0.68 },
];

/** Rings until the returned function is called. */
export function ring(): () => void {
  const context = new AudioContext();
  const play = (): void => {
    for (const note of NOTES) strike(context, note.hz, context.currentTime + note.at);
  };
  void context.resume();
  play();
  const timer = setInterval(play, EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

function strike(context: AudioContext, hz: number, at: number): void {
  const tone = new OscillatorNode(context, { type: 'sine', frequency: hz });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.16, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0005, at + 0.45);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.5);
}

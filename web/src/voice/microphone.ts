/** The microphone as the page wants it. */

/** Switched off by `?raw`: noise suppression takes test tones down by 20 dB. */
const UNPROCESSED: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

export const isRaw = (): boolean => new URLSearchParams(location.search).has('raw');

/** Asks for the microphone; rejects as the browser does when the person or the machine refuses. */
export function openMicrophone(constraints?: MediaTrackConstraints | boolean): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: constraints ?? (isRaw() ? UNPROCESSED : true) });
}

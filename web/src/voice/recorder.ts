/** Records a stream as numbered chunks of one segment. */
import { chunkKey, type Uploader } from './spool';

const CHUNK_MS = 2000; // what a killed tab can lose
const BITS_PER_SECOND = 64_000;
const MIME_TYPE = 'audio/webm;codecs=opus';

export class Recorder {
  /** The moment of its start in base 36: sorts, and tells when it began even if nobody finishes it. */
  readonly segment: string;
  readonly startedAt: string;
  chunks = 0;

  private readonly recorder: MediaRecorder;
  private stored: Promise<void> = Promise.resolve();

  constructor(contactId: string, stream: MediaStream, uploader: Uploader, now: number) {
    this.segment = now.toString(36);
    this.startedAt = new Date(now).toISOString();
    this.recorder = new MediaRecorder(stream, { mimeType: MIME_TYPE, audioBitsPerSecond: BITS_PER_SECOND });
    this.recorder.ondataavailable = ({ data }) => {
      if (data.size === 0) return;
      const key = chunkKey(contactId, this.segment, this.chunks);
      this.chunks += 1;
      this.stored = this.stored
        .then(async () => uploader.add({ key, bytes: await data.arrayBuffer() }))
        .catch((error: unknown) => console.error('a recorded chunk was lost', key, error));
    };
    this.recorder.start(CHUNK_MS);
  }

  /** Ends the segment; its last chunk is in the spool when this is done. */
  async stop(): Promise<void> {
    if (this.recorder.state !== 'inactive') {
      await new Promise<void>((stopped) => {
        this.recorder.onstop = () => stopped();
        this.recorder.stop();
      });
    }
    await this.stored;
  }
}

import process from "node:process";

type Decoder = (this: object, ...given: unknown[]) => unknown;

/**
 * Hides the state of each `StringDecoder`, of streams too. Native code believes what stands in it, such as how many bytes
 * are kept: who writes there reads the memory of the process, in which the tokens of others are.
 */
export function hideDecoders(): void {
  const { StringDecoder } = process.getBuiltinModule("node:string_decoder");
  const states = (["utf8", "base64", "hex", "latin1", "ascii", "utf16le", "base64url"] as const).map(
    (encoding) => stateOf(new StringDecoder(encoding)),
  );
  const [[key, first] = unknownPlace(), [, second] = unknownPlace()] = states;
  const field = first.findIndex((byte, index) => byte !== second[index]);
  const encodings = new Set(states.map(([, state]) => state[field]));
  const kept = new WeakMap<object, object>();
  const original = Object.getOwnPropertyDescriptors<object>(StringDecoder.prototype);
  const write = asDecoder(original, "write");
  const end = asDecoder(original, "end");
  const held = (decoder: object): object => {
    const state = kept.get(decoder);
    if (state === undefined) throw new TypeError("This is no StringDecoder.");
    return state;
  };
  const written = (decoder: object, bytes: unknown): unknown => {
    if (typeof bytes === "string") return bytes;
    if (!ArrayBuffer.isView(bytes)) throw new TypeError("A StringDecoder is given bytes.");
    return Reflect.apply(write, held(decoder), [bytes]);
  };
  Object.defineProperties(StringDecoder.prototype, {
    // The constructor puts a state there, and then its encoding into that.
    [key]: {
      get(this: object): unknown {
        const state = kept.get(this);
        return state && encodingOf(Reflect.get(state, key), field, encodings);
      },
      set(this: object) {
        kept.set(this, { [key]: Buffer.alloc(first.length) });
      },
    },
    write: {
      value: function (this: object, bytes: unknown): unknown {
        return written(this, bytes);
      },
    },
    end: {
      value: function (this: object, bytes?: unknown): string {
        const text = bytes === undefined ? "" : written(this, bytes);
        return `${text}${Reflect.apply(end, held(this), [])}`;
      },
    },
    text: {
      value: function (this: object, bytes: unknown, offset: number): unknown {
        if (!Buffer.isBuffer(bytes)) throw new TypeError("A StringDecoder is given bytes.");
        Reflect.apply(end, held(this), []);
        return written(this, Buffer.from(bytes).subarray(offset));
      },
    },
    ...Object.fromEntries(
      ["lastChar", "lastNeed", "lastTotal"].map((name) => [
        name,
        {
          get(this: object): unknown {
            const value = Reflect.apply(original[name]?.get ?? (() => undefined), held(this), []);
            return ArrayBuffer.isView(value)
              ? Buffer.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
              : value;
          },
        },
      ]),
    ),
  });
}

/** Takes the encoding of a state once, and nothing else. */
function encodingOf(state: Buffer, field: number, encodings: ReadonlySet<number | undefined>): object {
  return Object.defineProperty({}, field, {
    set(value: number) {
      if (state[field] === 0 && encodings.has(value)) state[field] = value;
    },
  });
}

function stateOf(decoder: object): [key: symbol, state: Buffer] {
  for (const key of Object.getOwnPropertySymbols(decoder)) {
    const state: unknown = Reflect.get(decoder, key);
    if (Buffer.isBuffer(state)) return [key, state];
  }
  return unknownPlace();
}

function asDecoder(of: Readonly<Record<string, PropertyDescriptor>>, name: string): Decoder {
  const value: unknown = of[name]?.value;
  return isDecoder(value) ? value : unknownPlace();
}

const isDecoder = (value: unknown): value is Decoder => typeof value === "function";

function unknownPlace(): never {
  throw new Error("This version of Node keeps the state of decoders elsewhere.");
}

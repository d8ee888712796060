package dev.panacea.runtime.simulator.ptx;

import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The modules that this process has parsed last. Every device that is opened loads the same texts, so they are kept, while there is
 * memory for them. For any thread.
 */
public final class ParsedModules {
    private static final int MOST = 64;
    private static final Map<ByteBuffer, SoftReference<PtxModule>> RECENT = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, SoftReference<PtxModule>> eldest) {
            return size() > MOST;
        }
    };

    private ParsedModules() { }

    /**
     * What a text says.
     *
     * @param image PTX as the driver takes it
     * @throws PtxException when it is not well formed
     */
    public static PtxModule of(byte[] image) {
        synchronized (RECENT) {
            SoftReference<PtxModule> kept = RECENT.get(ByteBuffer.wrap(image));
            PtxModule known = kept == null ? null : kept.get();
            if (known != null) {
                return known;
            }
        }
        PtxModule parsed = PtxParser.parse(image);
        synchronized (RECENT) {
            RECENT.put(ByteBuffer.wrap(image.clone()), new SoftReference<>(parsed));
        }
        return parsed;
    }
}

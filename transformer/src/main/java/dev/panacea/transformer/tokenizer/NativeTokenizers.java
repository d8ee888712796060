package dev.panacea.transformer.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.panacea.runtime.bindings.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The native tokenizers library. Its Java front reports each start to its makers and, where it finds a CUDA GPU, downloads another
 * build of itself; we call the native methods without that front, and forbid both to what remains of it.
 */
final class NativeTokenizers {
    private NativeTokenizers() { }

    /**
     * Loads the library at the first call, unpacking it into our cache folder.
     *
     * @throws IllegalStateException when there is none for this machine
     */
    static synchronized TokenizersLibrary load() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
        if (System.getProperty("DJL_CACHE_DIR") == null) {
            System.setProperty("DJL_CACHE_DIR", cacheFolder());
        }
        try {
            LibUtils.checkStatus();
            return TokenizersLibrary.LIB;
        } catch (EngineException | LinkageError e) {
            throw new IllegalStateException("the tokenizers library cannot be loaded on this machine", e);
        }
    }

    private static String cacheFolder() {
        try {
            return NativeLibraries.cacheFolder().toString();
        } catch (IOException e) {
            throw new UncheckedIOException("no folder to unpack the tokenizers library into", e);
        }
    }
}

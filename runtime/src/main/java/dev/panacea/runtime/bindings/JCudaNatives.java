package dev.panacea.runtime.bindings;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.JCudaVersion;

/**
 * JCuda's native libraries, unpacked by us. JCuda itself writes them to the folder for temporary files and loads whatever lies there
 * under their names, which others may have put there or be writing at that moment.
 */
final class JCudaNatives {
    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";
    private static final Pattern LOADER_MESSAGE = Pattern.compile(
        "[^\\s:]+\\.so[^\\s:]*: [^\\n]*(cannot|undefined|not found|too short)[^\\n]*");

    // A JVM allows one attempt a class, and later ones lose the cause.
    private static final Map<String, String> FAILURES = new HashMap<>();

    private JCudaNatives() { }

    /**
     * Unpacks the library and runs {@code first}, the first use of the class that loads it.
     *
     * @param name as JCuda has it, for example {@code JCublas2}
     * @throws MissingLibraryException with the loader's words when it does not load
     */
    static synchronized Path load(String name, Runnable first) {
        if (FAILURES.containsKey(name)) {
            throw new MissingLibraryException(FAILURES.get(name));
        }
        String file = "lib" + name + "-" + JCudaVersion.get() + "-linux-x86_64.so";
        String temporary = System.getProperty(TEMPORARY_FOLDER);
        try {
            Path folder = NativeLibraries.unpack("lib", file);
            // JCuda asks for the property at this moment; the JDK's own temporary files read it only once, at their first use.
            System.setProperty(TEMPORARY_FOLDER, folder.toString());
            first.run();
            return folder.resolve(file);
        } catch (LinkageError | IllegalStateException | UncheckedIOException e) {
            FAILURES.put(name, "JCuda's native library " + name + " does not load: " + reason(e));
            throw new MissingLibraryException(FAILURES.get(name));
        } finally {
            System.setProperty(TEMPORARY_FOLDER, temporary);
        }
    }

    /** The loader's own words, out of two stack traces that JCuda puts around them. */
    static String reason(Throwable error) {
        Matcher matcher = LOADER_MESSAGE.matcher(String.valueOf(error.getMessage()));
        return matcher.find() ? matcher.group() : error.toString();
    }
}

package dev.panacea.runtime.bindings;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;

/**
 * JCuda's native library, unpacked by us. JCuda itself writes it to the folder for temporary files and loads whatever lies there
 * under its name, which others may have put there or be writing at that moment.
 */
public final class JCudaLibrary {
    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";
    private static final Pattern LINKER_MESSAGE =
        Pattern.compile("[^\\s:]+\\.so[^\\s:]*: [^\\n]*(cannot|undefined|not found|too short)[^\\n]*");

    /** Why the one attempt that a JVM allows failed; null before it, and where it did not. */
    private static String failure;

    private JCudaLibrary() { }

    /**
     * Loads the library, once, and gives the file it came from.
     *
     * @throws MissingLibraryException when it does not load, mostly since it finds no libcuda.so.1
     */
    public static synchronized Path load() {
        if (failure != null) {
            throw new MissingLibraryException(failure);
        }
        String file = "libJCudaDriver-" + version() + "-linux-x86_64.so";
        Path folder = NativeLibraries.unpack("lib", file);
        // JCuda asks for the property at this moment; the JDK's own temporary files read it only once, at their first use.
        String temporary = System.setProperty(TEMPORARY_FOLDER, folder.toString());
        try {
            JCudaDriver.setExceptionsEnabled(false);
            return folder.resolve(file);
        } catch (LinkageError e) {
            failure = "JCuda's native library does not load: " + reason(e);
            throw new MissingLibraryException(failure);
        } finally {
            System.setProperty(TEMPORARY_FOLDER, temporary);
        }
    }

    /** For example {@code 12.6.0}. */
    public static String version() {
        return JCudaVersion.get();
    }

    /** The dynamic linker's own words, out of two stack traces that JCuda puts around them. */
    static String reason(LinkageError error) {
        Matcher matcher = LINKER_MESSAGE.matcher(String.valueOf(error.getMessage()));
        return matcher.find() ? matcher.group() : error.toString();
    }
}

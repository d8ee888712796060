package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;

/**
 * The driver libraries of this process: the installed one, where there is one, and a fake. The installed one is opened first, since a
 * library's name afterwards means whichever came first.
 */
public final class CudaLibraries {
    private static final LibCuda INSTALLED;
    private static final String NOT_INSTALLED;
    private static final FakeCuda FAKE;
    private static final String NOT_FAKED;

    static {
        LibCuda installed = null;
        String notInstalled = "";
        try {
            installed = LibCuda.open(List.of("libcuda.so.1"));
        } catch (MissingLibraryException e) {
            notInstalled = e.getMessage();
        }
        INSTALLED = installed;
        NOT_INSTALLED = notInstalled;
        FakeCuda fake = null;
        String notFaked = "";
        try {
            fake = FakeCuda.build();
        } catch (IllegalStateException e) {
            notFaked = e.getMessage();
        }
        FAKE = fake;
        NOT_FAKED = notFaked;
    }

    private CudaLibraries() { }

    public static Optional<LibCuda> installed() {
        return Optional.ofNullable(INSTALLED);
    }

    public static String whyNotInstalled() {
        return NOT_INSTALLED;
    }

    public static Optional<FakeCuda> fake() {
        return Optional.ofNullable(FAKE);
    }

    public static String whyNotFaked() {
        return NOT_FAKED;
    }

    /** The fake, or the end of a test that cannot do without. */
    public static FakeCuda requireFake() {
        assumeTrue(FAKE != null, NOT_FAKED);
        return FAKE;
    }
}

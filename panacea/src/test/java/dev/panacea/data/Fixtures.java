package dev.panacea.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Data of others, in the folder that PANACEA_FIXTURES names; tests that need it are skipped without. */
public final class Fixtures {

    private Fixtures() { }

    public static Path file(String name) {
        String folder = System.getenv("PANACEA_FIXTURES");
        assumeTrue(folder != null, "set PANACEA_FIXTURES to the fixtures folder to run this test on " + name);
        Path file = Path.of(folder, name);
        assumeTrue(Files.exists(file), "there is no fixture " + name + " in PANACEA_FIXTURES");
        return file;
    }
}

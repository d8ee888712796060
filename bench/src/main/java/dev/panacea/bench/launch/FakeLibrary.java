package dev.panacea.bench.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A stand-in for libcuda.so.1, compiled from the sources that the runtime's tests use; it takes launches and runs nothing. */
final class FakeLibrary {
    private static final List<String> SOURCES =
        List.of("build.sh", "fake.h", "control.c", "devices.c", "memory.c", "streams.c", "launch.c", "code.c", "refused.c");

    private FakeLibrary() { }

    /** @throws IllegalStateException with the compiler's words when it cannot be compiled here */
    static Path compile() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("fakecuda");
        for (String source : SOURCES) {
            try (InputStream in = FakeLibrary.class.getResourceAsStream("fakecuda/" + source)) {
                Files.copy(in, folder.resolve(source));
            }
        }
        Process process = new ProcessBuilder("sh", folder.resolve("build.sh").toString(), folder.toString())
            .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("no GPU, and no stand-in: " + output.strip());
        }
        return folder.resolve("libcuda.so.1");
    }
}

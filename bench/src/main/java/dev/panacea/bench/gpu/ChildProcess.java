package dev.panacea.bench.gpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program run to its end or to its time limit, with all its output in one file. */
final class ChildProcess {
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** @param exitCode empty when the program was stopped at its limit */
    record Ending(Optional<Integer> exitCode, double seconds) { }

    private ChildProcess() { }

    /** @throws UncheckedIOException when the program cannot be started */
    static Ending run(List<String> command, Path output, Duration limit) {
        long start = System.nanoTime();
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                stop(process);
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            return new Ending(ended ? Optional.of(process.exitValue()) : Optional.empty(), seconds);
        } catch (IOException e) {
            throw new UncheckedIOException(command.getFirst() + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command.getFirst() + " ran", e);
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /** What a short program prints; empty when it is missing or fails. */
    static Optional<String> output(List<String> command) {
        try {
            Path file = Files.createTempFile("panacea", ".txt");
            try {
                Ending ending = run(command, file, Duration.ofSeconds(20));
                return ending.exitCode().filter(code -> code == 0).isPresent()
                    ? Optional.of(Files.readString(file, StandardCharsets.UTF_8)) : Optional.empty();
            } finally {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}

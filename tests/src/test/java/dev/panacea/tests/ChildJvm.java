package dev.panacea.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line in a process of its own: this process's class path, and the JVM flags that the build names. */
final class ChildJvm {
    /** The JVM announces the incubating Vector API; {@code bin/panacea} keeps that line from its users. */
    private static final String ANNOUNCEMENT = "WARNING: Using incubator modules: ";
    private static final long PATIENCE_SECONDS = 120;

    /** How a process ended: what it printed, line by line; without the JVM's announcement where no launcher hides it. */
    record Ended(int exit, List<String> out, List<String> err) { }

    private final Process process;
    private final Path out;
    private final Path err;
    private final boolean announces;

    private ChildJvm(Process process, Path out, Path err, boolean announces) {
        this.process = process;
        this.out = out;
        this.err = err;
        this.announces = announces;
    }

    /** Starts {@code panacea arguments…}; what it prints goes to files in {@code logs}. */
    static ChildJvm start(Path logs, Map<String, String> environment, String... arguments) {
        return start(Path.of(""), logs, environment, program(List.of(), arguments), true);
    }

    private static List<String> program(List<String> more, String... arguments) {
        String flags = System.getProperty("panacea.jvm.flags");
        if (flags == null) {
            throw new IllegalStateException("the system property panacea.jvm.flags is missing; the build sets it");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags.split(" ")));
        command.addAll(more);
        command.addAll(List.of("-Djava.awt.headless=true", "-Xshare:auto", "-XX:+UseSerialGC", "-Dpanacea.home=" + Repository.root(),
            "-cp", System.getProperty("java.class.path"), "dev.panacea.cli.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Starts any command the same way, and leaves nothing out of what it prints. */
    static ChildJvm start(Path logs, Map<String, String> environment, List<String> command) {
        return start(Path.of(""), logs, environment, command, false);
    }

    private static ChildJvm start(Path folder, Path logs, Map<String, String> environment, List<String> command, boolean announces) {
        try {
            Path out = Files.createTempFile(logs, "out", ".log");
            Path err = Files.createTempFile(logs, "err", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            builder.environment().values().removeIf(String::isEmpty);
            return new ChildJvm(builder.start(), out, err, announces);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code panacea arguments…} to its end. */
    static Ended run(Path logs, String... arguments) {
        return start(logs, Map.of(), arguments).await();
    }

    /** {@link #run} of a command that ends before optimised code could pay: it is compiled by the JIT's first compiler alone. */
    static Ended runBriefly(Path logs, String... arguments) {
        return start(Path.of(""), logs, Map.of(), program(List.of("-XX:TieredStopAtLevel=1"), arguments), true).await();
    }

    /** {@link #run} as a user would type it in {@code folder}, with nothing set that only a developer sets. */
    static Ended runIn(Path folder, Path logs, String... arguments) {
        return start(folder, logs, Map.of("PANACEA_FIXTURES", ""), program(List.of(), arguments), true).await();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for so long, or until it ends; whether it still runs then. */
    boolean outlives(long nanos) {
        try {
            return !process.waitFor(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL: no shutdown hook, no finally. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** Waits for the end; a process that outlives all patience fails the test with what it printed. */
    Ended await() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("still running after " + PATIENCE_SECONDS + " s; it printed " + Files.readAllLines(err));
            }
            List<String> messages = Files.readAllLines(err).stream()
                .filter(line -> !announces || !line.startsWith(ANNOUNCEMENT)).toList();
            return new Ended(process.exitValue(), Files.readAllLines(out), messages);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }
}

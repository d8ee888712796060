package dev.panacea.runtime.simulator.corpus;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What every case left in memory, byte by byte, in one folder a driver: for comparing a simulated GPU with a real one. */
public final class CorpusDump {
    private CorpusDump() { }

    /** What came of one case: empty when it is right. */
    public record Outcome(CorpusCase test, String failure) { }

    /**
     * Runs every case and writes {@code <name>.<memory>.bin} for each block of memory. A driver whose context a failing kernel has
     * taken with it gives way to the next of {@code drivers}.
     */
    public static List<Outcome> write(Supplier<CudaDriver> drivers, CorpusPtx ptx, List<CorpusCase> cases, Path folder)
        throws IOException {
        Files.createDirectories(folder);
        List<Outcome> outcomes = new ArrayList<>();
        CorpusRunner runner = new CorpusRunner(drivers.get(), ptx);
        for (CorpusCase test : cases) {
            try {
                outcomes.add(new Outcome(test, write(runner.run(test), folder, fileName(test))));
            } catch (CudaException e) {
                outcomes.add(new Outcome(test, e.getMessage()));
                if (e.error().sticky()) {
                    runner = new CorpusRunner(drivers.get(), ptx);
                }
            }
        }
        runner.close();
        return outcomes;
    }

    private static String write(List<CorpusRunner.Result> results, Path folder, String name) throws IOException {
        List<String> mismatches = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Files.write(folder.resolve(name + "." + i + ".bin"), results.get(i).contents());
            if (!results.get(i).mismatch().isEmpty()) {
                mismatches.add(results.get(i).memory() + " " + i + ": " + results.get(i).mismatch());
            }
        }
        return String.join("; ", mismatches);
    }

    private static String fileName(CorpusCase test) {
        return test.name().replaceAll("[^A-Za-z0-9_.=-]+", "-");
    }

    /**
     * Tells {@code out} of each file that one folder lacks or that differs, with the first place and how many bytes.
     *
     * @return files that differ
     */
    public static int compare(Path one, Path other, PrintStream out) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Path folder : List.of(one, other)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".bin")).forEach(names::add);
            }
        }
        int different = 0;
        for (String name : names) {
            String difference = difference(one.resolve(name), other.resolve(name));
            if (!difference.isEmpty()) {
                out.println(name + ": " + difference);
                different++;
            }
        }
        return different;
    }

    private static String difference(Path one, Path other) throws IOException {
        if (!Files.exists(one) || !Files.exists(other)) {
            return "only in " + (Files.exists(one) ? one : other).getParent();
        }
        byte[] left = Files.readAllBytes(one);
        byte[] right = Files.readAllBytes(other);
        int first = Arrays.mismatch(left, right);
        if (first < 0) {
            return "";
        }
        if (left.length != right.length) {
            return left.length + " bytes and " + right.length;
        }
        int count = 0;
        for (int i = first; i < left.length; i++) {
            count += left[i] == right[i] ? 0 : 1;
        }
        return count + " of " + left.length + " bytes differ, the first at " + first;
    }
}

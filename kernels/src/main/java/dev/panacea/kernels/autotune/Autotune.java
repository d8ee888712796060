package dev.panacea.kernels.autotune;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.bindings.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The quickest of several ways to the same result: measured at the first time that a question is asked, and the same ever after, in this
 * process by memory and in later ones by files. Measuring waits for the device.
 */
public final class Autotune {
    private static final int WARM_UP = 2;
    private static final int REPEATS = 5;
    // an earlier way stays unless a later one takes less than so much of its time, so that noise decides little
    private static final double WORTH_IT = 0.98;

    private final CallTimer timer;
    private final List<ChoiceFile> files = new ArrayList<>();
    private final Map<String, String> answers = new HashMap<>();

    /** What measures. */
    @FunctionalInterface
    public interface CallTimer {
        /** Milliseconds that {@code call} takes. */
        double milliseconds(Runnable call);
    }

    /** Choices by times on {@code device}, kept in the user's cache folder. */
    public static Autotune ofUser(CudaDevice device) {
        try {
            return new Autotune(new DeviceTimer(device), NativeLibraries.cacheFolder().resolve("ways.json"));
        } catch (IOException e) {
            throw new UncheckedIOException("the cache folder for measured choices cannot be made", e);
        }
    }

    /** How questions name the card of {@code device}. */
    public static String card(CudaDevice device) {
        return device.properties().name() + ", driver " + device.context().driver().version();
    }

    /** Rows as questions count them: times hardly depend on a few more or less, and batches of text differ in them all the time. */
    public static long rows(int rows) {
        return Long.highestOneBit(2L * rows - 1);
    }

    /** @param file that choices are taken from and kept in; a file that cannot be read or written is done without */
    public Autotune(CallTimer timer, Path file) {
        this.timer = timer;
        files.add(new ChoiceFile(file));
    }

    /** Lets choices be taken from {@code file} before any other place, and all that are made or taken be kept there too. */
    public synchronized void keepIn(Path file) {
        files.addFirst(new ChoiceFile(file));
        answers.clear();
    }

    /**
     * One of the names of {@code candidates}.
     *
     * @param question all that the times depend on, such as card, driver and shape
     * @param candidates what to run, which may be done any number of times; of two that are as quick the earlier is taken
     */
    public synchronized String choose(String question, SequencedMap<String, Runnable> candidates) {
        String remembered = answers.get(question);
        if (candidates.containsKey(remembered)) {
            return remembered;
        }
        String answer = kept(question, candidates).orElseGet(() -> quickest(candidates));
        for (ChoiceFile file : files.reversed()) {
            answer = file.keep(question, answer, candidates.keySet());
        }
        answers.put(question, answer);
        return answer;
    }

    private Optional<String> kept(String question, SequencedMap<String, Runnable> candidates) {
        return files.stream().flatMap(file -> file.find(question, candidates.keySet()).stream()).findFirst();
    }

    // Candidates take turns, so that what else the machine does meets them all.
    private String quickest(SequencedMap<String, Runnable> candidates) {
        Map<String, double[]> times = new LinkedHashMap<>();
        for (int turn = -WARM_UP; turn < REPEATS; turn++) {
            for (Map.Entry<String, Runnable> candidate : candidates.entrySet()) {
                double time = timer.milliseconds(candidate.getValue());
                if (turn >= 0) {
                    times.computeIfAbsent(candidate.getKey(), name -> new double[REPEATS])[turn] = time;
                }
            }
        }
        String best = candidates.firstEntry().getKey();
        for (String name : times.keySet()) {
            if (median(times.get(name)) < WORTH_IT * median(times.get(best))) {
                best = name;
            }
        }
        return best;
    }

    private static double median(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

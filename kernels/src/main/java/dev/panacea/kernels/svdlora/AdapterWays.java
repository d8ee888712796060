package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.autotune.Autotune;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Which {@link AdapterWay} the products of a shape take in each direction: one that is given, or the quickest, which {@link Autotune}
 * measures once for a card, a driver, a library and a shape.
 */
public final class AdapterWays {
    /** The system property that fixes a way by its spelled name, or says {@code auto}. */
    public static final String PROPERTY = "panacea.adapter.way";
    private static final String AUTO = "auto";

    private final AdapterWay always;
    private final Autotune autotune;

    private AdapterWays(AdapterWay always, Autotune autotune) {
        this.always = always;
        this.autotune = autotune;
    }

    /** @throws BadInputException at the first product by a way on cuBLAS where there is none */
    public static AdapterWays always(AdapterWay way) {
        return new AdapterWays(way, null);
    }

    public static AdapterWays measured(Autotune autotune) {
        return new AdapterWays(null, autotune);
    }

    /**
     * What {@value #PROPERTY} says; measured unless it is given, and kept in the user's cache folder. Times of a simulated device say
     * nothing, so that there it is {@link AdapterWay#FUSED}.
     *
     * @throws BadInputException when it is no way
     */
    public static AdapterWays usual(CudaDevice device) {
        String asked = System.getProperty(PROPERTY, AUTO);
        if (asked.equals(AUTO)) {
            boolean simulated = !device.isHardware();
            return simulated ? always(AdapterWay.FUSED) : measured(Autotune.ofUser(device));
        }
        return always(AdapterWay.of(asked).orElseThrow(() -> new BadInputException(PROPERTY + " is " + asked + "; use " + AUTO + ", "
            + Arrays.stream(AdapterWay.values()).map(AdapterWay::spelled).collect(Collectors.joining(", ")))));
    }

    /** Lets measured choices be taken from {@code file} before any other place, and be kept there too. */
    void keepIn(Path file) {
        if (autotune != null) {
            autotune.keepIn(file);
        }
    }

    /** Whether products on cuBLAS may be asked for at all. */
    boolean considersCublas() {
        return always == null || always.onCublas();
    }

    /**
     * @param question without the card, which is added
     * @param candidates the way to prefer first
     * @param trial runs the products by a way, any number of times
     */
    AdapterWay choose(CudaDevice device, String question, List<AdapterWay> candidates, Consumer<AdapterWay> trial) {
        if (always != null) {
            return always;
        }
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        SequencedMap<String, Runnable> trials = new LinkedHashMap<>();
        candidates.forEach(way -> trials.put(way.spelled(), () -> trial.accept(way)));
        return AdapterWay.of(autotune.choose(question + " on " + Autotune.card(device), trials)).orElseThrow();
    }
}

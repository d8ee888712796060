package dev.panacea.training;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.cuda.CudaBlas;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.DriverChoice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The demo's first steps on a CUDA device in bfloat16 beside the host in float32 and in bfloat16. What {@link DemoSteps#displaced} does
 * to the losses is the yardstick, and {@link RoundingYardstick} says why bfloat16 may do four times as much.
 */
@Tag("cuda")
class DemoConformanceTest {
    private static final int PROMPTS = 340;
    private static final int STEPS = 20;
    private static final List<String> FULL = List.of("data.held_out=0.01");
    private static final List<String> REDUCED = List.of("data.held_out=0.3", "data.max_response_tokens=8", "training.batch=5");

    @TempDir
    private Path folder;

    private enum Place {
        SIMULATOR(DriverChoice.Request.SIMULATOR), FFM(DriverChoice.Request.FFM), JCUDA(DriverChoice.Request.JCUDA);

        private final DriverChoice.Request request;

        Place(DriverChoice.Request request) {
            this.request = request;
        }

        private String title() {
            return name().toLowerCase(Locale.ROOT);
        }

        private CudaDevice open() {
            DriverChoice choice = DriverChoice.of(request, () -> new SimulatedDriver(SimulatorOptions.defaults()));
            CudaDriver driver = choice.driver().orElse(null);
            assumeTrue(driver != null, choice.reason());
            return CudaDevice.open(driver, 0, CudaBlas::on);
        }
    }

    @BeforeEach
    void needPtx() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
    }

    /** Short answers in small batches: seconds on the simulated GPU. */
    @ParameterizedTest
    @EnumSource
    void threeStepsOfSmallBatchesGoTheWayOfFloat32(Place place) {
        try (CudaDevice device = place.open()) {
            DemoComparison.of(new DemoSteps(folder, 20, 3, REDUCED), place.title(), device).requireAgreement();
        }
    }

    /**
     * The demo's own batches. The simulated GPU takes a quarter of an hour, so {@code PANACEA_CONFORMANCE} asks for it by {@code demo},
     * and for GPUs alone by {@code gpu}. The table goes to {@code panacea/target}, or where {@code panacea.conformance} says.
     */
    @ParameterizedTest
    @EnumSource
    @EnabledIfEnvironmentVariable(named = "PANACEA_CONFORMANCE", matches = "demo|gpu",
        disabledReason = "takes minutes; set it to demo, or to gpu")
    void twentyStepsGoTheWayOfFloat32(Place place) throws IOException {
        assumeTrue(place != Place.SIMULATOR || System.getenv("PANACEA_CONFORMANCE").equals("demo"), "only GPUs were asked for");
        try (CudaDevice device = place.open()) {
            DemoComparison comparison = DemoComparison.of(new DemoSteps(folder, PROMPTS, STEPS, FULL), place.title(), device);
            Path tables = Path.of(System.getProperty("panacea.conformance", "target"));
            Files.writeString(tables.resolve("demo-conformance-" + place.title() + ".md"), comparison.table());
            comparison.requireAgreement();
        }
    }
}

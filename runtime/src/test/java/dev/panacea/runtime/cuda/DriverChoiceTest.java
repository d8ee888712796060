package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DriverChoiceTest {
    private static final CudaDriver DRIVER = (CudaDriver) Proxy.newProxyInstance(DriverChoiceTest.class.getClassLoader(),
        new Class<?>[] {CudaDriver.class}, (proxy, method, arguments) -> "simulator");

    private static Supplier<DriverAttempt> found(String name) {
        return () -> new DriverAttempt(new DriverFinding(name, "/lib/" + name + ".so", "1.2", "", ""), Optional.of(DRIVER));
    }

    private static Supplier<DriverAttempt> absent(String name, String problem) {
        return () -> DriverAttempt.attempt(name, "speed", () -> {
            throw new IllegalStateException(problem);
        });
    }

    @Test
    void theFirstThatCanBeUsedIs() {
        DriverChoice choice = DriverChoice.of(List.of(absent("jcuda", "its library does not load"), found("ffm"), found("other")));
        assertSame(DRIVER, choice.driver().orElseThrow());
        assertEquals("ffm: 1.2 from /lib/ffm.so; jcuda: its library does not load", choice.reason());
        assertEquals(List.of("jcuda", "ffm"), choice.findings().stream().map(DriverFinding::driver).toList());
        assertEquals("speed", choice.findings().getFirst().cost());
    }

    @Test
    void whatAllLackIsSaidOnce() {
        DriverChoice choice = DriverChoice.of(List.of(absent("jcuda", "no libcuda"), absent("ffm", "no libcuda")));
        assertTrue(choice.driver().isEmpty());
        assertEquals("jcuda and ffm: no libcuda", choice.reason());
    }

    @Test
    void theSimulatorIsUsedOnlyWhenAskedFor() {
        DriverChoice asked = DriverChoice.of(DriverChoice.Request.SIMULATOR, () -> DRIVER);
        assertSame(DRIVER, asked.driver().orElseThrow());
        assertEquals("simulator", asked.reason());
        DriverChoice automatic = DriverChoice.of(DriverChoice.Request.AUTO, () -> {
            throw new AssertionError("the simulator was asked for");
        });
        assertFalse(automatic.reason().isEmpty());
    }

    @Test
    void aSurveyHasEveryDriver() {
        List<DriverFinding> findings = DriverChoice.survey(() -> DRIVER);
        assertEquals(List.of("jcuda", "ffm", "simulator"), findings.stream().map(DriverFinding::driver).toList());
        assertTrue(findings.stream().allMatch(finding -> finding.usable() || !finding.cost().isEmpty()), findings.toString());
    }

    @Test
    void requestsAreNamedInLowerCase() {
        assertEquals(DriverChoice.Request.FFM, DriverChoice.Request.of("ffm"));
        var thrown = assertThrows(IllegalArgumentException.class, () -> DriverChoice.Request.of("vulkan"));
        assertEquals("driver 'vulkan' is none of auto, jcuda, ffm, simulator", thrown.getMessage());
    }
}

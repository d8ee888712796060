package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.scratch;
import static dev.panacea.runtime.simulator.corpus.Argument.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels with a planted fault end with the error that a GPU gives, in a sentence that names the kernel and the instruction. */
class FaultsTest {
    private static final long MOST_INSTRUCTIONS = 200_000;

    /** @param said what the message must contain */
    record Fault(String kernel, int threads, List<Argument> arguments, CudaError error, List<String> said) {
        static Fault of(String kernel, CudaError error, List<String> said, Argument... arguments) {
            return new Fault(kernel, 32, List.of(arguments), error, said);
        }

        @Override
        public String toString() {
            return kernel;
        }
    }

    @BeforeAll
    static void needsNvcc() {
        Assumptions.assumeTrue(TestPtx.leftOut().isEmpty(), () -> TestPtx.leftOut().orElseThrow());
    }

    static Stream<Fault> faults() {
        int[] words = new int[32];
        // A null pointer: nothing lies there.
        Argument nothing = value(0L);
        return Stream.of(
            Fault.of("readBeyond", CudaError.ILLEGAL_ADDRESS, List.of("ld.global"), input(words), scratch(words)),
            Fault.of("writeBeyond", CudaError.ILLEGAL_ADDRESS, List.of("st.global"), scratch(words)),
            Fault.of("writeBefore", CudaError.ILLEGAL_ADDRESS, List.of("st.global"), scratch(words)),
            Fault.of("vectorBeyond", CudaError.ILLEGAL_ADDRESS, List.of("ld.global"), input(new int[3]), scratch(new int[128])),
            Fault.of("nullRead", CudaError.ILLEGAL_ADDRESS, List.of("ld.global"), nothing, scratch(words)),
            Fault.of("atomicBeyond", CudaError.ILLEGAL_ADDRESS, List.of("global.add"), scratch(words)),
            Fault.of("sharedBeyond", CudaError.ILLEGAL_ADDRESS, List.of("ld.shared"), scratch(words), value(1 << 20)),
            Fault.of("asyncBeyond", CudaError.ILLEGAL_ADDRESS, List.of("cp.async"), input(new int[127]), scratch(words)),
            Fault.of("misalignedLoad", CudaError.MISALIGNED_ADDRESS, List.of("ld.global"), input(new int[33]), scratch(words)),
            Fault.of("misalignedVector", CudaError.MISALIGNED_ADDRESS, List.of("st.global.v4"), scratch(new int[132])),
            Fault.of("misalignedShared", CudaError.MISALIGNED_ADDRESS, List.of("ld.shared"), scratch(words), value(1)),
            Fault.of("endless", CudaError.LAUNCH_TIMEOUT, List.of(), scratch(new int[2])),
            Fault.of("bottomless", CudaError.ILLEGAL_ADDRESS, List.of("stack"), scratch(new int[33])),
            new Fault("abandoned", 64, List.of(scratch(new int[64])), CudaError.LAUNCH_TIMEOUT, List.of("bar.sync")),
            Fault.of("trapped", CudaError.LAUNCH_FAILED, List.of("trap"), scratch(words)),
            new Fault("asserted", 2, List.of(input(new int[] {0, 7}), scratch(new int[2])), CudaError.ASSERT,
                List.of("in[threadIdx.x] != 7")));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isFound(Fault fault) {
        CorpusCase test = new CorpusCase("faults", fault.kernel, "", new LaunchGeometry(1, fault.threads),
            fault.arguments.toArray(Argument[]::new));
        CudaDriver driver = new SimulatedDriver(SimulatorOptions.defaults().withInstructionLimit(MOST_INSTRUCTIONS));
        CorpusRunner runner = new CorpusRunner(driver, TestPtx.in("planted"));
        CudaException e = assertThrows(CudaException.class, () -> runner.run(test));
        assertEquals(fault.error.name(), e.error().name(), e.getMessage());
        assertTrue(e.getMessage().contains(fault.kernel), e.getMessage());
        for (String part : fault.said) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void useAfterFreeIsFound() {
        CudaDriver driver = new SimulatedDriver(SimulatorOptions.defaults());
        driver.setCurrent(driver.retainPrimaryContext(0));
        CudaModule module = driver.load("faults", TestPtx.in("planted").text("faults"));
        long address = driver.allocate(128);
        driver.free(address);
        try (Arena arena = Arena.ofConfined()) {
            LaunchArguments arguments = new LaunchArguments(KernelSignature.of(KernelSignature.Kind.POINTER), arena).setPointer(0, address);
            CudaException e = assertThrows(CudaException.class, () -> {
                driver.launch(driver.function(module, "freed"), new LaunchGeometry(1, 32), CudaStream.DEFAULT, arguments);
                driver.synchronize(CudaStream.DEFAULT);
            });
            assertEquals(CudaError.ILLEGAL_ADDRESS, e.error());
        }
    }
}

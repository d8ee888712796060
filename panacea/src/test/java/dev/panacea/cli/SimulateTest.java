package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.cuda.CudaToolkit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulateTest {
    /** to[i] = 2 · from[i], with i from the block and the thread; {@code %s} stands for what is done to i in bytes. */
    private static final String DOUBLED = """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry doubled(.param .u64 from, .param .u64 to)
        {
            .reg .b32 %%r<5>;
            .reg .f32 %%f<3>;
            .reg .b64 %%rd<6>;
            ld.param.u64 %%rd1, [from];
            ld.param.u64 %%rd2, [to];
            mov.u32 %%r1, %%ctaid.x;
            mov.u32 %%r2, %%ntid.x;
            mov.u32 %%r3, %%tid.x;
            mad.lo.s32 %%r4, %%r1, %%r2, %%r3;
            mul.wide.u32 %%rd3, %%r4, 4;
            add.s64 %%rd4, %%rd1, %%rd3;
            ld.global.f32 %%f1, [%%rd4];
            add.f32 %%f2, %%f1, %%f1;
            %s
            add.s64 %%rd5, %%rd2, %%rd3;
            st.global.f32 [%%rd5], %%f2;
            ret;
        }
        """;

    @TempDir
    private Path folder;

    @Test
    void aKernelOfOnesOwnIsCounted() throws IOException {
        CommandLineRun run = simulate("", "--grid", "2", "--block", "64", "--arg", "f32:128", "--arg", "out:f32:128", "--json");
        assertEquals(ExitCode.FINE, run.exit(), run.err());
        JsonNode report = new ObjectMapper().readTree(run.out());
        JsonNode kernel = report.get("kernels").get(0);
        assertEquals("doubled", kernel.get("kernel").asText());
        assertEquals(2, kernel.get("blocks").asInt());
        assertEquals(4, kernel.get("global_loads").get("requests").asInt());
        assertEquals(16, kernel.get("global_loads").get("sectors").asInt());
        assertEquals(128, kernel.get("flops").get("single").asInt());
        assertEquals(1024, report.get("moved_bytes").asInt());
        assertTrue(report.get("findings").isEmpty());
    }

    @Test
    void memoryThatNobodyWroteIsFound() throws IOException {
        CommandLineRun run = simulate("", "--arg", "out:f32:32", "--arg", "out:f32:32");
        assertEquals(ExitCode.FAILED, run.exit());
        assertTrue(run.out().contains("INITIALIZATION: "), run.out());
    }

    @Test
    void aRaceBetweenThreadsIsFound() throws IOException {
        CommandLineRun run = simulate("mov.u64 %rd3, 0;", "--grid", "2", "--arg", "f32:64", "--arg", "out:f32:64");
        assertEquals(ExitCode.FAILED, run.exit());
        assertTrue(run.out().contains("RACE: "), run.out());
    }

    @Test
    void anAccessBehindTheEndNamesKernelLineAndAddress() throws IOException {
        CommandLineRun run = simulate("", "--block", "33", "--arg", "f32:33", "--arg", "out:f32:32");
        assertEquals(ExitCode.FAILED, run.exit());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(run.err().contains("doubled") && run.err().contains("st.global.f32") && run.err().contains("128-byte allocation"),
            run.err());
    }

    @Test
    void cudaSourcesAreCompiledFirst() throws IOException {
        assumeTrue(CudaToolkit.find().isPresent(), "no nvcc here");
        Path source = Files.writeString(folder.resolve("count.cu"),
            "extern \"C\" __global__ void count(int* to, int n) { if (threadIdx.x < n) { to[threadIdx.x] = threadIdx.x; } }");
        CommandLineRun run = CommandLineRun.of("simulate", "file", source.toString(), "--kernel", "count", "--arg", "out:i32:20",
            "--arg", "i32=20", "--order", "5");
        assertEquals(ExitCode.FINE, run.exit(), run.err());
        assertTrue(run.out().contains("count: 1 launches, 1 blocks") && run.out().contains("nothing wrong was found"), run.out());
        Files.writeString(source, "__global__ void count(");
        assertRefused(CommandLineRun.of("simulate", "file", source.toString(), "--kernel", "count"), "nvcc refuses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--backward", "--backward --train-weight", "--no-residual", "--backward --no-residual --dtype f32"})
    void rmsNormIsClean(String options) {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        List<String> words = new ArrayList<>(List.of("simulate", "rms-norm", "--rows", "5", "--columns", "192"));
        words.addAll(List.of(options.isEmpty() ? new String[0] : options.split(" ")));
        CommandLineRun run = CommandLineRun.of(words.toArray(String[]::new));
        assertEquals(ExitCode.FINE, run.exit(), run.err());
        assertTrue(run.out().contains("nothing wrong was found"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--arg f32", "--arg f32=many", "--arg f31:5", "--arg f32:99999999999", "--grid 0", "--block 1,2,3,4",
        "--threads 0", "--limit 0"})
    void badOptionsAreRefused(String options) throws IOException {
        assertRefused(simulate("", options.split(" ")), options.split(" ")[0]);
    }

    @Test
    void badFilesAreRefused() throws IOException {
        assertRefused(CommandLineRun.of("simulate", "file", folder.resolve("none.ptx").toString(), "--kernel", "x"), "cannot be read");
        CommandLineRun other = CommandLineRun.of("simulate", "file", ptx("").toString(), "--kernel", "tripled");
        assertEquals(ExitCode.FAILED, other.exit());
        assertTrue(other.err().contains("tripled"), other.err());
        CommandLineRun broken = simulate("frobnicate.u32 %r1;", "--arg", "f32:32", "--arg", "f32:32");
        assertEquals(ExitCode.FAILED, broken.exit());
        assertTrue(broken.err().contains("frobnicate") && broken.err().contains("line 19"), broken.err());
        CommandLineRun short1 = simulate("", "--arg", "f32:32");
        assertEquals(ExitCode.FAILED, short1.exit());
    }

    private static void assertRefused(CommandLineRun run, String part) {
        assertEquals(ExitCode.BAD_INPUT, run.exit(), run.err());
        assertTrue(run.err().contains(part), run.err());
        assertEquals(1, run.errLines().size(), run.err());
    }

    private CommandLineRun simulate(String step, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("simulate", "file", ptx(step).toString(), "--kernel", "doubled"));
        words.addAll(List.of(options));
        return CommandLineRun.of(words.toArray(String[]::new));
    }

    private Path ptx(String step) throws IOException {
        return Files.writeString(folder.resolve("doubled.ptx"), String.format(DOUBLED, step));
    }
}

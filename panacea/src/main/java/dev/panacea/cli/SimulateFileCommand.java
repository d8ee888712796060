package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.IoReason;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.CudaToolkit;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "file",
    description = {"Simulates one kernel of your own: PTX, or CUDA C++ where nvcc is installed.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea simulate file saxpy.ptx --kernel saxpy --grid 4 --block 256 --arg i32=1000 --arg f32=2 --arg f32:1000 --arg f32:1000",
        "  panacea simulate file tile.cu --kernel transpose --grid 8,8 --block 32,8 --shared 4224 --arg f32:65536 --arg out:f32:65536"})
final class SimulateFileCommand implements Callable<Integer> {
    private static final int STATIC_SHARED_BYTES = 48 << 10;

    @Parameters(paramLabel = "FILE", description = "A .ptx or .cu file.")
    private Path file;

    @Option(names = "--kernel", paramLabel = "NAME", required = true, description = "The kernel's name as the PTX has it.")
    private String kernel;

    @Option(names = "--grid", paramLabel = "X[,Y[,Z]]", defaultValue = "1", split = ",", description = "Blocks (default: 1).")
    private List<Integer> grid;

    @Option(names = "--block", paramLabel = "X[,Y[,Z]]", defaultValue = "32", split = ",",
        description = "Threads of a block (default: 32).")
    private List<Integer> block;

    @Option(names = "--shared", paramLabel = "BYTES", defaultValue = "0", description = "Dynamic shared memory (default: 0).")
    private int shared;

    @Option(names = "--cooperative", description = "All blocks are resident at once and may wait for each other.")
    private boolean cooperative;

    @Option(names = "--arg", paramLabel = "ARG", description = {
        "One argument, in order: i32=5, i64=5, f32=0.5, f64=0.5, f32:1000 for memory with random values (bf16, f16, i32, i64, u8 too), "
            + "out:f32:1000 for memory that nobody wrote, null."})
    private List<String> arguments = List.of();

    @Mixin
    private SimulationOptions options;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        List<KernelArgument> parsed = arguments.stream().map(KernelArgument::parse).toList();
        LaunchGeometry geometry = new LaunchGeometry(dimensions("--grid", grid), dimensions("--block", block), shared, cooperative,
            Dimensions.ONE);
        byte[] ptx = ptx();
        SimulationReport report = Simulation.run(options, device -> launch(device, ptx, geometry, parsed));
        output.answer(report.text(), report);
        return report.exitCode();
    }

    private long launch(CudaDevice device, byte[] ptx, LaunchGeometry geometry, List<KernelArgument> parsed) {
        KernelSignature signature = KernelSignature.of(parsed.stream().map(KernelArgument::kind).toArray(KernelSignature.Kind[]::new));
        Kernel loaded = device.kernel(file.getFileName().toString(), name -> new ByteArrayInputStream(ptx), kernel, signature);
        if (shared > STATIC_SHARED_BYTES) {
            loaded.allowDynamicShared(shared);
        }
        Random random = new Random(options.seed());
        try (MemoryScope scope = device.openScope("arguments")) {
            for (int i = 0; i < parsed.size(); i++) {
                parsed.get(i).set(loaded.arguments(), i, scope, random);
            }
            loaded.launch(geometry, device.computeStream());
            device.synchronize();
        }
        return 0;
    }

    private byte[] ptx() {
        try {
            return file.toString().endsWith(".cu") ? compiled() : Files.readAllBytes(file);
        } catch (IOException e) {
            throw new BadInputException(file + " cannot be read (" + IoReason.of(e) + "); check that it exists and is readable", e);
        }
    }

    private byte[] compiled() throws IOException {
        CudaToolkit toolkit = CudaToolkit.find().orElseThrow(() -> new BadInputException("nvcc is needed for " + file
            + " and is neither in CUDA_HOME or CUDA_PATH nor on the PATH; install the CUDA toolkit, or give PTX"));
        if (!Files.isReadable(file)) {
            throw new BadInputException(file + " cannot be read; check that it exists and is readable");
        }
        Path ptx = Files.createTempFile("panacea", ".ptx");
        try {
            CudaToolkit.Outcome outcome = toolkit.compile(file, ptx, "compute_80");
            if (!outcome.succeeded()) {
                throw new BadInputException("nvcc refuses " + file + ":\n" + outcome.output().stripTrailing());
            }
            return Files.readAllBytes(ptx);
        } finally {
            Files.delete(ptx);
        }
    }

    private static Dimensions dimensions(String option, List<Integer> extents) {
        if (extents.size() > 3 || extents.stream().anyMatch(extent -> extent < 1)) {
            throw new BadInputException(option + " takes one to three positive numbers, such as 8 or 8,4, not " + extents);
        }
        return new Dimensions(extents.get(0), extents.size() > 1 ? extents.get(1) : 1, extents.size() > 2 ? extents.get(2) : 1);
    }
}

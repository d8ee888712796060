/** Benchmarks of kernels and of whole training steps. */
module dev.panacea.bench {
    requires dev.panacea;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.management;
    requires jmh.core;

    provides dev.panacea.cli.Subcommand with dev.panacea.bench.BenchCommand;

    opens dev.panacea.bench to com.fasterxml.jackson.databind, info.picocli;
    opens dev.panacea.bench.device to com.fasterxml.jackson.databind, info.picocli;
    opens dev.panacea.bench.gpu to com.fasterxml.jackson.databind, info.picocli;
    opens dev.panacea.bench.training to com.fasterxml.jackson.databind, info.picocli;
    opens dev.panacea.bench.step to com.fasterxml.jackson.databind, info.picocli;
}

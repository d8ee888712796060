package dev.panacea.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "doctor",
    description = {
        "Checks what Panacea needs on this machine, and measures how fast it multiplies matrices. Takes a few seconds.",
        "",
        "Ends with 1 where something is missing that training needs.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  panacea doctor", "  panacea doctor --json"})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private DeviceOptions machine;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        List<Finding> findings = Examination.of(machine::open);
        output.answer(findings.stream().map(Finding::line).collect(Collectors.joining("\n")), findings);
        return findings.stream().allMatch(Finding::fine) ? ExitCode.FINE : ExitCode.FAILED;
    }
}

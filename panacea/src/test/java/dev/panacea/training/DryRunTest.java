package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.autograd.Recomputation;
import dev.panacea.config.TrainConfig;
import dev.panacea.config.TrainingConfig;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.simulator.DeviceModel;
import dev.panacea.training.plan.MemoryKind;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.training.plan.Place;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.config.LlamaShapes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans of models that are too large to be here. */
class DryRunTest {
    private static final Place H200 = new Place.Card(DeviceModel.named("h200"));

    @TempDir
    private Path folder;

    @BeforeEach
    void needPtx() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
    }

    private TrainConfig config(String... settings) throws Exception {
        Path yaml = Files.writeString(folder.resolve("config.yaml"), """
            model: {folder: nowhere}
            data: {max_prompt_tokens: 512, max_response_tokens: 513}
            objective: {kind: sft}
            training: {batch: 4, token_budget: 4096}
            evaluation: {control: false}
            """);
        return TrainConfig.read(yaml, List.of(settings));
    }

    private MemoryPlan plan(LlamaConfig model, Recomputation recomputation, String... settings) throws Exception {
        TrainConfig read = config(settings);
        TrainingConfig training = read.training();
        return new RunPlan(read.with(new TrainingConfig(1, training.batch(), training.tokenBudget(), 1, 1, recomputation,
            training.capture())), model, 2, H200).longest();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-2-7b", "llama-3.1-8b"})
    void frozenWeightsAreTwoBytesAParameter(String shape) throws Exception {
        LlamaConfig model = LlamaShapes.named(shape);
        MemoryPlan plan = plan(model, Recomputation.FULL);
        assertEquals(2 * model.parameterCount(), plan.atPeak().get(MemoryKind.FROZEN_WEIGHTS));
        assertTrue(plan.reservedBytes() >= plan.peakBytes() && plan.reservedBytes() < 1.05 * plan.peakBytes(), plan::cardTable);
    }

    /** The bytes of a token and layer that docs/memory.md tells. */
    @Test
    void activationsAreThoseOfTheTableInTheDocumentation() throws Exception {
        assertEquals(139_680, activations(Recomputation.OFF), 0.02 * 139_680);
        assertEquals(94_624, activations(Recomputation.SELECTIVE), 0.02 * 94_624);
        // an adapter so small that the evaluation, which merges it into a copy of its weights, holds less than training
        long full = activations(Recomputation.FULL, "adapter.projections=[q]");
        // and, spread over 32 layers, all that the one block at work makes
        assertTrue(8_192 < full && full < 8_192 + 180_000 / 32, () -> full + " bytes");
    }

    private long activations(Recomputation recomputation, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("training.batch=16", "training.token_budget=16384"));
        all.addAll(List.of(settings));
        MemoryPlan plan = plan(LlamaShapes.LLAMA_3_1_8B, recomputation, all.toArray(String[]::new));
        return plan.atPeak().get(MemoryKind.ACTIVATIONS) / 16_384 / LlamaShapes.LLAMA_3_1_8B.layers();
    }

    @Test
    void lessIsKeptSoThatMoreTokensFit() throws Exception {
        DryRun run = DryRun.of(config("objective.kind=dpo", "preference.per_sequence=true"), LlamaShapes.LLAMA_2_7B, 2, H200);
        int off = run.largestBudgets().get(Recomputation.OFF);
        int selective = run.largestBudgets().get(Recomputation.SELECTIVE);
        int full = run.largestBudgets().get(Recomputation.FULL);
        assertTrue(8192 < off && 1.3 * off < selective && 2 * selective < full, run::text);
        assertTrue(run.text().contains("it fits"), run::text);
    }

    @Test
    void whatDoesNotFitSaysSo() throws Exception {
        Place small = new Place.Card(DeviceModel.named("a800").withMemory(16L << 30));
        DryRun run = DryRun.of(config(), LlamaShapes.LLAMA_3_1_8B, 2, small);
        assertEquals(0, run.largestBudgets().get(Recomputation.FULL));
        assertTrue(run.text().contains("does not fit"), run::text);
    }
}

package dev.panacea.bench.device;

import dev.panacea.bench.device.AdapterFigures.Rival;
import dev.panacea.bench.device.AdapterFigures.Way;
import dev.panacea.kernels.svdlora.AdapterWay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Figures of adapted layers for people: Markdown. Of a way milliseconds and how often they hold the plain products' time. */
final class AdapterTable {
    private AdapterTable() { }

    static String of(List<AdapterFigures> figures) {
        List<String> columns = new ArrayList<>(List.of("rows", "layer", "r", "pass", "plain cuBLAS ms (p20–p80)", "TFLOP/s", "floor"));
        columns.addAll(ways());
        columns.addAll(List.of("quickest", "goal"));
        Arrays.stream(TorchAdapter.values()).forEach(rival -> columns.add("PyTorch " + rival.spelled()));
        columns.add("clock");
        StringJoiner rows = new StringJoiner("\n", "| " + String.join(" | ", columns) + " |\n|" + "---|".repeat(columns.size()) + "\n",
            "\n");
        figures.forEach(one -> rows.add(row(one)));
        return rows.toString();
    }

    private static List<String> ways() {
        List<String> names = new ArrayList<>();
        Arrays.stream(AdapterWay.values()).forEach(way -> names.add(way.spelled()));
        names.add(OwnAdapter.IN_ROOM);
        return names;
    }

    static String row(AdapterFigures f) {
        List<String> cells = new ArrayList<>(List.of(String.valueOf(f.shape().rows()), f.shape().inputs() + " → " + f.shape().outputs(),
            String.valueOf(f.shape().rank()), f.pass().name().toLowerCase(Locale.ROOT)));
        if (f.bare() == null) {
            cells.addAll(List.of("no cuBLAS", "", ""));
        } else {
            cells.add(text("%.4f (%.4f–%.4f)", f.bare().median(), f.bare().p20(), f.bare().p80()));
            cells.add(text("%.0f", f.shape().plainFlops(f.pass()) / f.bare().median() * 1e-9));
            cells.add(text("%.4f, %.3fx", f.floor(), f.floor() / f.bare().median()));
        }
        ways().forEach(name -> cells.add(way(f.ways().get(name))));
        cells.add(f.quickest());
        cells.add(f.goal().map(goal -> text("%.2fx", goal)).orElse(""));
        Arrays.stream(TorchAdapter.values()).forEach(rival -> cells.add(rival(f.rivals(), rival)));
        cells.add(f.card() == null ? "unknown" : f.card().clock());
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String way(Way way) {
        if (way == null) {
            return "did not run";
        }
        return text("%.4f", way.milliseconds().median()) + (way.overBare() == 0 ? "" : text(", %.3fx", way.overBare()));
    }

    private static String rival(Map<String, Rival> rivals, TorchAdapter name) {
        Rival rival = rivals.get(name.spelled());
        if (rival == null) {
            return "not asked";
        }
        return rival.reason() != null ? "did not run" : text("%.4f ms, %.2fx", rival.milliseconds().median(), rival.speed());
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}

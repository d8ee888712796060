package dev.panacea.run.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.ParetoFront;
import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceGrid;
import dev.panacea.run.Metrics;
import dev.panacea.runtime.BadInputException;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlotTest {

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(31);

    @Test
    void twoDimensionsShowEveryWeightInItsColour() throws Exception {
        Path file = folder.resolve("front.png");
        assertEquals(Optional.empty(), FrontPlot.write(file, systems(2, 11, 0), Optional.empty()));
        Set<Integer> colours = colours(file);
        for (Preference preference : PreferenceGrid.lattice(2, 10)) {
            int colour = PlotStyle.weight(preference.weight(0)).getRGB();
            assertTrue(colours.contains(colour), preference + " is not on the plot");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 10})
    void anyNumberOfDimensionsWithTheTrainingData(int dimensions) throws Exception {
        Path file = folder.resolve("front.png");
        int points = dimensions == 10 ? 55 : 21;
        assertEquals(Optional.empty(), FrontPlot.write(file, systems(dimensions, points, 0), Optional.of(systems(dimensions, points, 0.02))));
        Set<Integer> colours = colours(file);
        for (int i = 0; i < dimensions && dimensions != 2; i++) {
            assertTrue(colours.contains(PlotStyle.dimension(i).getRGB()), "dimension " + i + " is not on the plot");
        }
    }

    @Test
    void curvesShowEveryDimensionThroughDivergedSteps() throws Exception {
        List<Metrics> metrics = new ArrayList<>(IntStream.rangeClosed(1, 400).mapToObj(step -> metrics(step,
            0.69 * Math.exp(-step / 150.0) + 0.3 + 0.08 * random.nextDouble(), 0.5 + 0.2 * Math.exp(-step / 60.0) + 0.06 * random.nextDouble(),
            0.5 + 2 * Math.exp(-step / 40.0) + 0.3 * random.nextDouble())).toList());
        metrics.set(100, metrics(101, Double.NaN, Double.POSITIVE_INFINITY, 1));
        Path file = folder.resolve("curves.png");
        assertEquals(Optional.empty(), CurvesPlot.write(file, List.of("helpful", "harmless"), metrics));
        Set<Integer> colours = colours(file);
        assertTrue(colours.contains(PlotStyle.dimension(0).getRGB()) && colours.contains(PlotStyle.dimension(1).getRGB()));
    }

    @Test
    void curvesOfOneStepAndOfNone() throws Exception {
        Path file = folder.resolve("curves.png");
        assertEquals(Optional.empty(), CurvesPlot.write(file, List.of("a", "b"), List.of(metrics(1, 0.7, 0.6, 1))));
        colours(file);
        assertEquals(Optional.empty(), CurvesPlot.write(file, List.of("a", "b"), List.of(metrics(1, Double.NaN, Double.NaN, Double.NaN))));
        assertTrue(CurvesPlot.write(folder.resolve("none.png"), List.of("a", "b"), List.of()).orElseThrow().contains("no step"));
        assertFalse(Files.exists(folder.resolve("none.png")));
    }

    @Test
    void smoothingIsTheMeanOfWhatWasSeen() {
        assertArrayEquals(new double[] {3, 5, 1}, CurvesPlot.smoothed(new double[] {3, 5, 1}));
        double[] constant = CurvesPlot.smoothed(IntStream.range(0, 400).mapToDouble(j -> j == 7 ? Double.NaN : 2).toArray());
        for (double value : constant) {
            assertEquals(2, value, 1e-12);
        }
    }

    @Test
    void anUnwritableFolderIsBadInput() {
        assertThrows(BadInputException.class,
            () -> CurvesPlot.write(folder.resolve("missing/curves.png"), List.of("a", "b"), List.of(metrics(1, 1, 1, 1))));
    }

    /** A process of its own whose fontconfig knows no font, as on a bare server. */
    @Test
    void withoutFontsThereIsAWarningAndNoImage() throws Exception {
        Path fonts = Files.writeString(folder.resolve("fonts.conf"), "<?xml version=\"1.0\"?><fontconfig/>");
        Path file = folder.resolve("curves.png");
        ProcessBuilder builder = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
            "-Djava.awt.headless=true", "-Duser.home=" + folder, "-cp", System.getProperty("java.class.path"),
            FontlessPlot.class.getName(), file.toString());
        builder.environment().put("FONTCONFIG_FILE", fonts.toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(FontlessPlot.WARNED, process.waitFor(), output);
        try (Stream<Path> images = Files.list(folder).filter(path -> path.toString().contains("curves"))) {
            assertEquals(List.of(), images.toList());
        }
    }

    /** Exits with {@link #WARNED} if both attempts to draw came back with the warning. */
    static final class FontlessPlot {
        static final int WARNED = 42;

        public static void main(String[] arguments) {
            for (int attempt = 0; attempt < 2; attempt++) {
                Optional<String> warning = CurvesPlot.write(Path.of(arguments[0]), List.of("a", "b"), List.of(metrics(1, 1, 1, 1)));
                if (!warning.orElse("").contains("finds no font")) {
                    System.exit(1);
                }
            }
            System.exit(WARNED);
        }
    }

    private FrontComparison systems(int dimensions, int points, double gain) {
        List<Preference> grid = PreferenceGrid.ofAtMost(points, dimensions);
        ParetoFront front = front(grid, dimensions, gain);
        List<Preference> vertices = IntStream.range(0, dimensions).mapToObj(i -> Preference.vertex(dimensions, i)).toList();
        return FrontComparison.of(front, point(Preference.centre(dimensions), dimensions, IntStream.range(0, dimensions)
            .mapToDouble(i -> Math.log(2)).toArray()), Optional.of(front(vertices, dimensions, gain - 0.01)));
    }

    // A convex trade-off: the loss of a dimension falls with the root of its weight.
    private ParetoFront front(List<Preference> grid, int dimensions, double gain) {
        List<String> names = IntStream.range(0, dimensions).mapToObj(i -> List.of("helpful", "harmless", "concise").get(i % 3)
            + (i < 3 ? "" : " " + i / 3)).toList();
        return new ParetoFront(names, grid.stream().map(preference -> point(preference, dimensions, IntStream.range(0, dimensions)
            .mapToDouble(i -> 0.66 - gain - 0.3 * Math.sqrt(preference.weight(i)) + 0.006 * random.nextDouble()).toArray())).toList());
    }

    private static FrontPoint point(Preference preference, int dimensions, double[] loss) {
        return new FrontPoint(preference, loss, new double[dimensions], new double[0]);
    }

    private static Metrics metrics(long step, double first, double second, double norm) {
        return new Metrics(step, new double[] {first, second}, (first + second) / 2, norm, 1e-4, Preference.centre(2), 0, step, 1, step);
    }

    private static Set<Integer> colours(Path file) throws Exception {
        BufferedImage image = ImageIO.read(file.toFile());
        assertEquals(1600, image.getWidth());
        assertEquals(1000, image.getHeight());
        Set<Integer> colours = new HashSet<>();
        for (int pixel : image.getRGB(0, 0, 1600, 1000, null, 0, 1600)) {
            colours.add(pixel);
        }
        return colours;
    }
}

package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/panacea} in a copy of the application, where sources newer than it cannot make it build. */
class LauncherTest {
    private static final List<String> TOOLS = List.of("bash", "dirname", "readlink", "cat", "find", "grep", "env");

    @TempDir
    Path temporary;
    private Path home;

    @BeforeEach
    void copyTheApplication() throws IOException {
        Path root = Repository.root();
        Path app = root.resolve("bench/target/app");
        assumeTrue(Files.exists(app.resolve("built")), "bench/target/app is missing; 'mvn package' makes it");
        home = temporary.resolve("a home with spaces");
        for (String source : List.of("bin/panacea", "pom.xml", "bench/pom.xml", "bench/src/main/java/module-info.java", "LICENSE")) {
            Path copy = home.resolve(source);
            Files.createDirectories(copy.getParent());
            Files.copy(root.resolve(source), copy);
        }
        assertTrue(home.resolve("bin/panacea").toFile().setExecutable(true));
        Path copiedApp = Files.createDirectories(home.resolve("bench/target/app"));
        Files.createSymbolicLink(copiedApp.resolve("lib"), app.resolve("lib"));
        Files.createFile(copiedApp.resolve("built"));
    }

    @Test
    void saysItsVersionAndNothingElse() {
        ChildJvm.Ended ended = launch(Map.of(), home.resolve("bin/panacea"), "--version");
        assertEquals(new ChildJvm.Ended(0, List.of("panacea 0.1.0"), List.of()), ended);
    }

    @Test
    void worksThroughALinkFromAnotherFolderWithoutAHome() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), home.resolve("bin/panacea"));
        List<String> command = List.of("env", "-u", "HOME", "-C", temporary.toString(), "./" + link.getFileName(), "--version");
        assertEquals(List.of("panacea 0.1.0"), ChildJvm.start(temporary, Map.of(), command).await().out());
    }

    @Test
    void aFailuresMessageReachesStderr() {
        ChildJvm.Ended ended = launch(Map.of(), home.resolve("bin/panacea"), "train", "no such.yaml", "--to", "run");
        assertEquals(2, ended.exit());
        assertEquals(List.of("panacea: the file no such.yaml does not exist"), ended.err());
        assertEquals(List.of(), ended.out());
    }

    @Test
    void aTrainingPrintsOnlyWhatIsOurs() {
        TinyExperiment experiment = TinyExperiment.in(temporary.resolve("experiment"));
        ChildJvm.Ended ended = launch(Map.of(), home.resolve("bin/panacea"), "train", experiment.config(), "--to",
            temporary.resolve("run").toString(), "--set", "training.steps=2", "--set", "evaluation.control=false");
        assertEquals(0, ended.exit());
        List<String> strange = ended.err().stream()
            .filter(line -> !line.matches("(data|training data|held-out data|reference|training|evaluation, [a-z -]+): .*")).toList();
        assertEquals(List.of(), strange);
    }

    @Test
    void withoutAJdkItSaysWhichOneIsNeeded() throws IOException {
        Path launcher = home.resolve("bin/panacea");
        String text = Files.readString(launcher);
        String blind = text.replace("/usr/lib/jvm/", temporary + "/none/").replace("/opt/java/", temporary + "/none/");
        assertNotEquals(text, blind);
        Files.writeString(launcher, blind);
        Map<String, String> environment = Map.of("JAVA_HOME", temporary.resolve("none").toString(), "HOME", temporary.toString(),
            "PATH", folderOfTools().toString());
        ChildJvm.Ended ended = launch(environment, launcher, "--version");
        assertEquals(2, ended.exit());
        assertEquals(1, ended.err().size(), ended.err()::toString);
        assertTrue(ended.err().getFirst().startsWith("panacea: a JDK 25 is needed"));
    }

    /** The few programs that the launcher itself uses, and no java. */
    private Path folderOfTools() throws IOException {
        Path tools = Files.createDirectories(temporary.resolve("tools"));
        for (String tool : TOOLS) {
            Path program = Stream.of("/usr/bin", "/bin").map(folder -> Path.of(folder, tool)).filter(Files::exists)
                .findFirst().orElseThrow();
            Files.createSymbolicLink(tools.resolve(tool), program.toRealPath());
        }
        return tools;
    }

    private ChildJvm.Ended launch(Map<String, String> environment, Path launcher, String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        return ChildJvm.start(temporary, environment, command).await();
    }
}

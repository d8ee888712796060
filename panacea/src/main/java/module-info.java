/** Panacea itself: preferences, objectives, data, training, evaluation and the command line. */
module dev.panacea {
    requires transitive dev.panacea.transformer;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires flatbuffers.java;
    requires info.picocli;
    requires java.desktop;
    requires org.apache.arrow.format;
    requires org.apache.arrow.memory.core;
    requires org.apache.arrow.vector;
    requires xchart;

    exports dev.panacea.cli;
    exports dev.panacea.config;
    exports dev.panacea.data;
    exports dev.panacea.data.source;
    exports dev.panacea.data.tokenized;
    exports dev.panacea.demo;
    exports dev.panacea.evaluation;
    exports dev.panacea.objective;
    exports dev.panacea.preference;
    exports dev.panacea.pretraining;
    exports dev.panacea.reward;
    exports dev.panacea.run;
    exports dev.panacea.run.plot;
    exports dev.panacea.training;
    exports dev.panacea.training.plan;

    uses dev.panacea.cli.Subcommand;

    opens dev.panacea.cli to com.fasterxml.jackson.databind, info.picocli;
    opens dev.panacea.config to dev.panacea.transformer;
    opens dev.panacea.evaluation to com.fasterxml.jackson.databind;
    opens dev.panacea.pretraining to dev.panacea.transformer;
    opens dev.panacea.run to com.fasterxml.jackson.databind;
}

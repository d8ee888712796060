package dev.panacea.kernels.norm;

/** RMSNorm in float64, row by row; no residual, as that is an addition before it. */
record RmsNormOracle(int rows, int columns, double epsilon) {

    double inverseRms(double[] s, int row) {
        double squares = 0;
        for (int j = 0; j < columns; j++) {
            squares += s[row * columns + j] * s[row * columns + j];
        }
        return 1 / Math.sqrt(squares / columns + epsilon);
    }

    double[] inverses(double[] s) {
        double[] inverses = new double[rows];
        for (int row = 0; row < rows; row++) {
            inverses[row] = inverseRms(s, row);
        }
        return inverses;
    }

    double[] forward(double[] s, double[] weight) {
        double[] inverses = inverses(s);
        double[] y = new double[s.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = s[i] * inverses[i / columns] * weight[i % columns];
        }
        return y;
    }

    /** Gradient of Σ dy ⊙ y by s, from the analytic formula. */
    double[] inputGradient(double[] dy, double[] s, double[] weight) {
        double[] dx = new double[s.length];
        for (int row = 0; row < rows; row++) {
            int at = row * columns;
            double inverse = inverseRms(s, row);
            double dot = 0;
            for (int j = 0; j < columns; j++) {
                dot += dy[at + j] * weight[j] * s[at + j];
            }
            for (int j = 0; j < columns; j++) {
                dx[at + j] = inverse * (dy[at + j] * weight[j] - s[at + j] * inverse * inverse * dot / columns);
            }
        }
        return dx;
    }

    double[] weightGradient(double[] dy, double[] s) {
        double[] inverses = inverses(s);
        double[] dw = new double[columns];
        for (int i = 0; i < s.length; i++) {
            dw[i % columns] += dy[i] * s[i] * inverses[i / columns];
        }
        return dw;
    }
}

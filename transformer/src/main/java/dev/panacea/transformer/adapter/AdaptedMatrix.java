package dev.panacea.transformer.adapter;

/**
 * One matrix with an adapter {@code U · diag(σ, s·λ) · Vᵀ}.
 *
 * @param inputs width of x, rows of V
 * @param outputs width of y, rows of U
 * @param rank k, the learnt singular values
 * @param preferenceEntries m, or 0 when this matrix does not see the preference
 */
public record AdaptedMatrix(int layer, Projection projection, int inputs, int outputs, int rank, int preferenceEntries) {

    /** Columns of U and V. */
    public int directions() {
        return rank + preferenceEntries;
    }

    /** Trainable values: U, V, σ, and s where there are preference entries. */
    public long parameterCount() {
        return (long) directions() * (inputs + outputs) + rank + (preferenceEntries > 0 ? 1 : 0);
    }
}

/* Negative numbers are shifted to the right below, which C leaves to the compiler: refuse one that fills with zeros. */
typedef char arithmetic_right_shift[((-1 >> 1) == -1) ? 1 : -1];

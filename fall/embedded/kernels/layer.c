/* A layer that slides a window over its input: a convolution, a depthwise convolution or a pool. A dense layer is a
   convolution whose window and input are one pixel. Images lie in memory row by row, each pixel with all its channels. */
typedef struct {
    const int8_t *weights;     /* of a convolution in runs of four filters; if depthwise [row][column][channel] */
    const int32_t *bias;       /* less the products of the weights with the input's zero point */
    const int32_t *multiplier; /* of each filter, in units of 2^-31 */
    const int8_t *shift;       /* of each filter: the power of two by which it divides */
    const int8_t *pixels;      /* the stored number for each byte of an image; NULL if the input is stored already */
    int32_t in_height, in_width, in_channels;
    int32_t out_width, out_channels;
    int32_t height, width;             /* of the window */
    int32_t down, right;               /* its steps */
    int32_t top, left;                 /* rows above and columns left of the input that the first window covers */
    int32_t groups;                    /* each group of filters sees its share of the channels */
    int32_t in_zero, out_zero;         /* the stored numbers that stand for 0 */
    int32_t least, greatest;           /* bounds of the output: the type's, or those of a ReLU */
} layer_t;

// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Dot products of 16-, 8-, 4- and 2-bit lanes, of mixed widths, and the complex operations of
// CORE-V. Combinational.
//
// A mixed product widens the selected slice of the narrower operand to the lanes of the wider one,
// then uses the same array: a widened lane has the value of the narrow one whichever way the array
// reads its sign.
module fb_dotp #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire                       valid_i,     // the result is looked at
  input  wire fb_core_pkg::dot_op_e op_i,
  input  wire  [31:0]               a_i,
  input  wire  [31:0]               b_i,
  input  wire  [31:0]               c_i,
  input  wire                       accumulate_i,
  input  wire                       a_signed_i,
  input  wire                       b_signed_i,
  input  wire  [1:0]                a_fmt_i,     // fmt_e
  input  wire  [1:0]                b_fmt_i,
  input  wire  [1:0]                slice_i,     // of the narrower operand, below the ratio of widths
  input  wire  [1:0]                shift_i,     // complex operations
  output logic [31:0]               result_o
);

  localparam bit SubByte = IsaLevel >= fb_isa_pkg::LevelXpulpNN;
  localparam bit Mixed   = IsaLevel >= fb_isa_pkg::LevelMixed;

  // ---- widening of the narrower operand ----
  logic        widen_a, widen_b, narrow_signed;
  logic [1:0]  wide_fmt, narrow_fmt;
  logic [31:0] narrow, widened, a, b;
  always_comb begin
    widen_a       = 'x;
    widen_b       = 'x;
    wide_fmt      = 'x;
    narrow_fmt    = 'x;
    narrow        = 'x;
    narrow_signed = 'x;
    widened       = 'x;
    a             = 'x;
    b             = 'x;
    if (valid_i) begin
      widen_a  = Mixed && a_fmt_i != fb_core_pkg::Fmt16 && b_fmt_i < a_fmt_i;
      widen_b  = Mixed && b_fmt_i != fb_core_pkg::Fmt16 && a_fmt_i < b_fmt_i;
      wide_fmt = widen_a ? b_fmt_i : a_fmt_i;
      if (widen_a || widen_b) begin
        narrow_fmt    = widen_a ? a_fmt_i : b_fmt_i;
        narrow        = widen_a ? a_i : b_i;
        narrow_signed = widen_a ? a_signed_i : b_signed_i;
        // The slice, in the lower bits: 16 of them, 8 when 2-bit lanes become 8-bit ones.
        if (narrow_fmt - wide_fmt == 2'd2) narrow[7:0] = narrow[{slice_i, 3'd0} +: 8];
        else if (slice_i[0]) narrow[15:0] = narrow[31:16];
        if (wide_fmt == fb_core_pkg::Fmt4) begin
          for (int i = 0; i < 8; i++) begin
            widened[4*i +: 4] = {{2{narrow_signed && narrow[2*i+1]}}, narrow[2*i +: 2]};
          end
        end else if (narrow_fmt == fb_core_pkg::Fmt4) begin
          for (int i = 0; i < 4; i++) begin
            widened[8*i +: 8] = {{4{narrow_signed && narrow[4*i+3]}}, narrow[4*i +: 4]};
          end
        end else begin
          for (int i = 0; i < 4; i++) begin
            widened[8*i +: 8] = {{6{narrow_signed && narrow[2*i+1]}}, narrow[2*i +: 2]};
          end
        end
      end
      a = widen_a ? widened : a_i;
      b = widen_b ? widened : b_i;
    end
  end

  // ---- complex multiplication uses the two 16-bit products ----
  logic cplx, imaginary;
  assign imaginary = op_i == fb_core_pkg::CplxMulIm;
  assign cplx      = imaginary || op_i == fb_core_pkg::CplxMulRe;

  // ---- products and their sum ----
  logic               as, bs;
  logic        [15:0] y0, y1;
  logic signed [33:0] p16_0, p16_1, s16;
  logic signed [17:0] p8;
  logic signed [19:0] s8;
  logic signed [9:0]  p4;
  logic signed [12:0] s4;
  logic signed [5:0]  p2;
  logic signed [9:0]  s2;
  logic [31:0]        products, sum;
  always_comb begin
    as       = 'x;
    bs       = 'x;
    y0       = 'x;
    y1       = 'x;
    p16_0    = 'x;
    p16_1    = 'x;
    s16      = 'x;
    p8       = 'x;
    s8       = 'x;
    p4       = 'x;
    s4       = 'x;
    p2       = 'x;
    s2       = 'x;
    products = 'x;
    sum      = 'x;
    if (valid_i) unique case (cplx ? fb_core_pkg::Fmt16 : wide_fmt)
      fb_core_pkg::Fmt16: begin
        as       = a_signed_i || cplx;
        bs       = b_signed_i || cplx;
        y0       = imaginary ? b[31:16] : b[15:0];
        y1       = imaginary ? b[15:0] : b[31:16];
        p16_0    = $signed({as && a[15], a[15:0]}) * $signed({bs && y0[15], y0});
        p16_1    = $signed({as && a[31], a[31:16]}) * $signed({bs && y1[15], y1});
        s16      = op_i == fb_core_pkg::CplxMulRe ? p16_0 - p16_1 : p16_0 + p16_1;
        products = s16[31:0];
      end
      fb_core_pkg::Fmt8: begin
        s8 = '0;
        for (int i = 0; i < 4; i++) begin
          p8 = $signed({a_signed_i && a[8*i+7], a[8*i +: 8]}) *
               $signed({b_signed_i && b[8*i+7], b[8*i +: 8]});
          s8 = s8 + {{2{p8[17]}}, p8};
        end
        products = {{12{s8[19]}}, s8};
      end
      fb_core_pkg::Fmt4: begin
        s4 = '0;
        for (int i = 0; i < 8; i++) begin
          p4 = $signed({a_signed_i && a[4*i+3], a[4*i +: 4]}) *
               $signed({b_signed_i && b[4*i+3], b[4*i +: 4]});
          s4 = s4 + {{3{p4[9]}}, p4};
        end
        products = SubByte ? {{19{s4[12]}}, s4} : '0;
      end
      default: begin
        s2 = '0;
        for (int i = 0; i < 16; i++) begin
          p2 = $signed({a_signed_i && a[2*i+1], a[2*i +: 2]}) *
               $signed({b_signed_i && b[2*i+1], b[2*i +: 2]});
          s2 = s2 + {{4{p2[5]}}, p2};
        end
        products = SubByte ? {{22{s2[9]}}, s2} : '0;
      end
    endcase
    if (valid_i) sum = (accumulate_i && !cplx ? c_i : 32'd0) + products;
  end

  // ---- complex results ----
  logic signed [16:0] product_top;
  logic signed [16:0] cplx_product;
  logic [15:0]        x_hi, y_hi, x_lo, y_lo, d_hi, d_lo;
  logic               subtract;

  // Lanes of the additive operations: hi = x_hi ± y_hi, lo = x_lo ± y_lo.
  logic [15:0] s_hi, s_lo;
  always_comb begin
    x_hi         = 'x;
    y_hi         = 'x;
    x_lo         = 'x;
    y_lo         = 'x;
    subtract     = 'x;
    d_hi         = 'x;
    d_lo         = 'x;
    s_hi         = 'x;
    s_lo         = 'x;
    product_top  = 'x;
    cplx_product = 'x;
    result_o     = sum;
    if (valid_i && op_i != fb_core_pkg::DotSum) begin
      x_hi     = a_i[31:16];
      y_hi     = b_i[31:16];
      x_lo     = a_i[15:0];
      y_lo     = b_i[15:0];
      subtract = op_i != fb_core_pkg::CplxAdd;
      if (op_i == fb_core_pkg::CplxConj) begin
        x_hi = 16'd0;
        y_hi = a_i[31:16];
        y_lo = 16'd0;
      end else if (op_i == fb_core_pkg::CplxSubRotMj) begin
        x_hi = b_i[15:0];
        y_hi = a_i[15:0];
        x_lo = a_i[31:16];
        y_lo = b_i[31:16];
      end
      d_hi = subtract ? x_hi - y_hi : x_hi + y_hi;
      d_lo = subtract ? x_lo - y_lo : x_lo + y_lo;
      s_hi = $signed(d_hi) >>> shift_i;
      s_lo = $signed(d_lo) >>> shift_i;

      product_top  = sum[31:15];
      cplx_product = product_top >>> shift_i;
      unique case (op_i)
        fb_core_pkg::CplxMulRe: result_o = {c_i[31:16], cplx_product[15:0]};
        fb_core_pkg::CplxMulIm: result_o = {cplx_product[15:0], c_i[15:0]};
        default:                result_o = {s_hi, s_lo};
      endcase
    end
  end

  logic unused_bits;
  assign unused_bits = ^{cplx_product[16], s16[33:32]};

endmodule

`default_nettype wire

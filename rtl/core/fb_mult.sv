// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Multiplier: 32 x 32 multiply (accumulate), 16 x 16 multiply-shift (accumulate), and the scaling
// step of requantization. One signed 33 x 33 product serves all of them. Combinational, 1 cycle.
module fb_mult #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire                       valid_i,     // a multiplication sits in EX
  input  wire fb_core_pkg::mul_op_e op_i,
  input  wire                       a_signed_i,
  input  wire                       b_signed_i,
  input  wire                       half_hi_i,   // 16-bit forms: upper halves
  input  wire                       round_i,
  input  wire  [4:0]                len_i,
  input  wire  [4:0]                pre_i,       // MulScale: left shift of a
  input  wire  [31:0]               a_i,
  input  wire  [31:0]               b_i,
  input  wire  [31:0]               c_i,
  output logic [31:0]               result_o
);

  localparam bit Corev   = IsaLevel >= fb_isa_pkg::LevelXpulpV2;
  localparam bit Xpulpnn = IsaLevel >= fb_isa_pkg::LevelXpulpNN;

  logic half;
  assign half = Corev && (op_i == fb_core_pkg::MulHalf || op_i == fb_core_pkg::MulHalfMac);

  // What is added to the product: c - p is computed as ~(~c + p).
  logic        [15:0] a_half, b_half;
  logic        [31:0] a_scaled, addend, sum;
  logic signed [32:0] a, b, shifted;
  logic signed [63:0] product;
  always_comb begin
    a_half   = 'x;
    b_half   = 'x;
    a_scaled = 'x;
    a        = 'x;
    b        = 'x;
    product  = 'x;
    addend   = 'x;
    sum      = 'x;
    shifted  = 'x;
    result_o = 'x;
    if (valid_i) begin
      a_half   = half_hi_i ? a_i[31:16] : a_i[15:0];
      b_half   = half_hi_i ? b_i[31:16] : b_i[15:0];
      a_scaled = Xpulpnn && op_i == fb_core_pkg::MulScale ? a_i << pre_i : a_i;
      a        = half ? {{17{a_signed_i && a_half[15]}}, a_half}
                      : {a_signed_i && a_scaled[31], a_scaled};
      b        = half ? {{17{b_signed_i && b_half[15]}}, b_half} : {b_signed_i && b_i[31], b_i};
      product  = a * b;
      unique case (op_i)
        fb_core_pkg::MulMac:     addend = c_i;
        fb_core_pkg::MulMsu:     addend = ~c_i;
        fb_core_pkg::MulHalfMac: addend = c_i;
        default:                 addend = '0;
      endcase
      if (half && round_i && len_i != 5'd0) addend = addend + (32'd1 << (len_i - 5'd1));
      if (!Corev) addend = '0;
      sum     = product[31:0] + addend;
      shifted = $signed({a_signed_i && sum[31], sum}) >>> len_i;
      unique case (op_i)
        fb_core_pkg::MulHigh, fb_core_pkg::MulScale:   result_o = product[63:32];
        fb_core_pkg::MulMsu:                           result_o = ~sum;
        fb_core_pkg::MulHalf, fb_core_pkg::MulHalfMac: result_o = Corev ? shifted[31:0] : sum;
        default:                                       result_o = sum;
      endcase
    end
  end

  logic unused_bits;
  assign unused_bits = ^{shifted[32], pre_i};

endmodule

`default_nettype wire

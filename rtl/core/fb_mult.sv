// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// Multiplier: 32 x 32 multiply (accumulate), 16 x 16 multiply-shift (accumulate).
//
// Latency: MulHigh 2 cycles, everything else 1. ready_o: result_o is valid, and stays so until
// advance_i. One signed 33 x 17 product serves all operations; a 16 x 16 product completes the
// lower word of 32 x 32 in one cycle.
module fb_mult #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 valid_i,     // a multiplication sits in EX
  input  fb_core_pkg::mul_op_e op_i,
  input  logic                 a_signed_i,
  input  logic                 b_signed_i,
  input  logic                 half_hi_i,   // 16-bit forms: upper halves
  input  logic                 round_i,
  input  logic [4:0]           len_i,
  input  logic [31:0]          a_i,
  input  logic [31:0]          b_i,
  input  logic [31:0]          c_i,
  input  logic                 advance_i,   // the instruction leaves EX
  output logic [31:0]          result_o,
  output logic                 ready_o
);

  localparam bit Corev = IsaLevel >= fb_isa_pkg::LevelXpulpV2;

  logic        second_q;  // second pass of MulHigh
  logic [33:0] carry_q;   // upper part of the first

  logic high, half;
  assign high = op_i == fb_core_pkg::MulHigh;
  assign half = Corev && (op_i == fb_core_pkg::MulHalf || op_i == fb_core_pkg::MulHalfMac);

  // What is added to the product: c - p is computed as ~(~c + p).
  logic        [15:0] a_half, b_half, upper;
  logic signed [32:0] a, shifted;
  logic signed [16:0] b;
  logic signed [49:0] product;
  logic        [49:0] addend, sum;
  always_comb begin
    a_half   = 'x;
    b_half   = 'x;
    upper    = 'x;
    a        = 'x;
    b        = 'x;
    product  = 'x;
    addend   = 'x;
    sum      = 'x;
    shifted  = 'x;
    result_o = 'x;
    if (valid_i) begin
      a_half  = half_hi_i ? a_i[31:16] : a_i[15:0];
      b_half  = half_hi_i ? b_i[31:16] : b_i[15:0];
      a       = half ? {{17{a_signed_i && a_half[15]}}, a_half} : {a_signed_i && a_i[31], a_i};
      b       = half             ? {b_signed_i && b_half[15], b_half} :
                high && second_q ? {b_signed_i && b_i[31], b_i[31:16]} : {1'b0, b_i[15:0]};
      product = a * b;
      upper   = a_i[15:0] * b_i[31:16];
      unique case (op_i)
        fb_core_pkg::MulLo:   addend = {18'd0, upper, 16'd0};
        fb_core_pkg::MulMac:  addend = Corev ? {18'd0, c_i + {upper, 16'd0}} : '0;
        fb_core_pkg::MulMsu:  addend = Corev ? {18'd0, ~c_i + {upper, 16'd0}} : '0;
        fb_core_pkg::MulHigh: addend = second_q ? {{16{carry_q[33]}}, carry_q} : '0;
        default: begin
          addend = op_i == fb_core_pkg::MulHalfMac ? {18'd0, c_i} : '0;
          if (round_i && len_i != 5'd0) addend = addend + (50'd1 << (len_i - 5'd1));
          if (!Corev) addend = '0;
        end
      endcase
      sum     = product + addend;
      shifted = $signed({a_signed_i && sum[31], sum[31:0]}) >>> len_i;
      unique case (op_i)
        fb_core_pkg::MulHigh: result_o = sum[47:16];
        fb_core_pkg::MulMsu:  result_o = ~sum[31:0];
        fb_core_pkg::MulHalf, fb_core_pkg::MulHalfMac: result_o = Corev ? shifted[31:0] : sum[31:0];
        default:              result_o = sum[31:0];
      endcase
    end
  end

  assign ready_o = !high || second_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      second_q <= 1'b0;
      carry_q  <= '0;
    end else if (valid_i && high) begin
      if (advance_i) begin
        second_q <= 1'b0;
      end else if (!second_q) begin
        second_q <= 1'b1;
        carry_q  <= sum[49:16];
      end
    end
  end

  logic unused_bits;
  assign unused_bits = ^{sum[49:48], shifted[32]};

endmodule

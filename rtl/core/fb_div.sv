// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Divider: restoring, one quotient bit per cycle, leading zeros skipped.
//
// Latency in EX: 2 + max(0, clz|b| - clz|a| + 1) cycles, 2 when b = 0 (between 2 and 34; CV32E40P:
// 3 + clz|b|, 35 when b = 0). ready_o: result_o is valid, and stays so until advance_i. valid_i
// stays until then.
module fb_div (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire         valid_i,
  input  wire         signed_i,
  input  wire         rem_i,
  input  wire  [31:0] a_i,
  input  wire  [31:0] b_i,
  input  wire         advance_i,
  output logic [31:0] result_o,
  output logic        ready_o
);

  typedef enum logic [1:0] {Idle, Run, Done} state_e;
  logic [1:0]  state_q;
  logic [31:0] rem_q, div_q, quot_q;
  logic [5:0]  left_q;

  logic        a_negative, b_negative, b_zero;
  logic [31:0] a_abs, b_abs;

  // Leading zeros, 32 for zero.
  logic [5:0] a_zeros, b_zeros, shift;
  logic       shorter;  // |a| has fewer digits than |b|
  always_comb begin
    a_negative = 'x;
    b_negative = 'x;
    b_zero     = 'x;
    a_abs      = 'x;
    b_abs      = 'x;
    a_zeros    = 6'd32;
    b_zeros    = 6'd32;
    if (valid_i) begin
      a_negative = signed_i && a_i[31];
      b_negative = signed_i && b_i[31];
      b_zero     = b_i == 32'd0;
      a_abs      = a_negative ? -a_i : a_i;
      b_abs      = b_negative ? -b_i : b_i;
      for (int i = 0; i < 32; i++) begin
        if (a_abs[i]) a_zeros = 6'd31 - i[5:0];
        if (b_abs[i]) b_zeros = 6'd31 - i[5:0];
      end
    end
  end
  assign shorter = a_zeros > b_zeros;
  assign shift   = b_zeros - a_zeros;

  logic [32:0] difference;
  assign difference = {1'b0, rem_q} - {1'b0, div_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      rem_q   <= '0;
      div_q   <= '0;
      quot_q  <= '0;
      left_q  <= '0;
    end else if (valid_i) begin
      unique case (state_q)
        Idle: begin
          rem_q   <= a_abs;
          div_q   <= b_abs << shift[4:0];
          quot_q  <= b_zero ? '1 : '0;
          left_q  <= shift;
          state_q <= b_zero || shorter ? Done : Run;
        end
        Run: begin
          if (!difference[32]) rem_q <= difference[31:0];
          quot_q <= {quot_q[30:0], !difference[32]};
          div_q  <= {1'b0, div_q[31:1]};
          left_q <= left_q - 6'd1;
          if (left_q == 6'd0) state_q <= Done;
        end
        default: begin
          if (advance_i) state_q <= Idle;
        end
      endcase
    end
  end

  logic        negate;
  logic [31:0] magnitude;
  always_comb begin
    negate    = 'x;
    magnitude = 'x;
    result_o  = 'x;
    if (ready_o) begin
      negate    = rem_i ? a_negative : (a_negative ^ b_negative) && !b_zero;
      magnitude = rem_i ? rem_q : quot_q;
      result_o  = negate ? -magnitude : magnitude;
    end
  end
  assign ready_o   = state_q == Done;

endmodule

`default_nettype wire

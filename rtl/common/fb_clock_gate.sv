// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Clock gate: clk_o runs in the cycles in which enable_i was 1 while clk_i was low. The cell a
// technology library replaces.
module fb_clock_gate (
  input  wire  clk_i,
  input  wire  enable_i,
  output logic clk_o
);

  logic enable_q;
  always_latch begin
    if (!clk_i) enable_q = enable_i;
  end
  assign clk_o = clk_i && enable_q;

endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// Wrong on purpose (../CMakeLists.txt): a net with two drivers.
`default_nettype none

module two_drivers (
  input  wire  clk_i,
  input  wire  in_i,
  output logic out_o
);

  assign out_o = in_i ^ clk_i;
  assign out_o = !in_i;

endmodule

`default_nettype wire

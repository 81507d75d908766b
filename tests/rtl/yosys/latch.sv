// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// Wrong on purpose (../CMakeLists.txt): a value that is kept without a register.
`default_nettype none

module latch (
  input  wire  in_i,
  output logic out_o
);

  always_comb begin
    if (in_i) out_o = 1'b1;
  end

endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// Wrong on purpose (../CMakeLists.txt): a net that nobody declared. With `default_nettype wire it would be one bit of wire, and a warning.
`default_nettype none

module undeclared (
  input  wire  in_i,
  output logic out_o
);

  assign forgotten = in_i;
  assign out_o     = forgotten;

endmodule

`default_nettype wire

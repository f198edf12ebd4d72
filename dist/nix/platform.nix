# What the names of two platforms look like in the file system. `loader` is where every glibc program looks for its
# dynamic loader, `multiarch` the folder of its libraries.
system:
{
  x86_64-linux = {
    loader = "/lib64/ld-linux-x86-64.so.2";
    multiarch = "/usr/lib/x86_64-linux-gnu";
  };
  aarch64-linux = {
    loader = "/lib/ld-linux-aarch64.so.1";
    multiarch = "/usr/lib/aarch64-linux-gnu";
  };
}
.${system}
  or (throw "mkSeed: argument 'pkgs' is for ${system}; seeds are made for x86_64-linux and aarch64-linux, so pass the packages of one of them")

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
use serde_json::{Value, json};
fn doc(s: &Value) -> Value {
    json!({"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":{"A":{"type":"object","properties":{"a":{"type":"string"}}},"B":{"type":"object","required":["k"],"properties":{"k":{"type":"string","enum":["b"]}}},"S":s}}})
}
fn gen_(s: &Value) -> String {
    let api: openapiv3::OpenAPI = match serde_json::from_value(doc(s)) {
        Ok(a) => a,
        Err(e) => return format!("PARSE {e}"),
    };
    let r = std::panic::catch_unwind(move || {
        let mut g =
            progenitor_impl::Generator::new(&progenitor_impl::GenerationSettings::default());
        g.generate_tokens(&api)
            .map(|t| t.to_string())
            .map_err(|e| e.to_string())
    });
    match r {
        Ok(Ok(t)) => {
            let f = syn::parse_file(&t).unwrap();
            let p = prettyplease::unparse(&f);
            let lines: Vec<&str> = p.lines().collect();
            let mut out = vec![];
            for (i, l) in lines.iter().enumerate() {
                let t = l.trim();
                if (t.starts_with("pub struct S")
                    || t.starts_with("pub enum S")
                    || t.starts_with("pub type S"))
                    && !t.starts_with("pub struct Self")
                {
                    let mut j = i;
                    loop {
                        out.push(lines[j].trim().to_string());
                        if lines[j].starts_with("    }")
                            || lines[j].trim().ends_with(';')
                            || lines[j].trim().ends_with("{}")
                        {
                            break;
                        }
                        j += 1;
                    }
                }
            }
            format!("OK {}", out.join(" "))
        }
        Ok(Err(e)) => format!("ERR {}", e.chars().take(150).collect::<String>()),
        Err(e) => format!(
            "PANIC {}",
            e.downcast_ref::<String>()
                .cloned()
                .or(e.downcast_ref::<&str>().map(|s| s.to_string()))
                .unwrap_or_default()
                .chars()
                .take(110)
                .collect::<String>()
                .replace('\n', " ")
        ),
    }
}
#[test]
fn matrix() {
    std::panic::set_hook(Box::new(|_| {}));
    let text = std::fs::read_to_string("/tmp/matrix.txt").unwrap();
    for l in text.lines().filter(|l| !l.trim().is_empty()) {
        let v: Value = serde_json::from_str(l).unwrap();
        println!("{l}\n    {}", gen_(&v));
    }
}

#[test]
fn corpus() {
    let dir = std::path::Path::new("/work/shared/corpus");
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for f in files {
        if f.ends_with("index.json") {
            continue;
        }
        let d = match xtask::pipeline::load::load(&f) {
            Ok(d) => d,
            Err(e) => {
                println!("{}: LOAD {e}", f.display());
                continue;
            }
        };
        let t = std::time::Instant::now();
        let mut d = d;
        let mut errs = 0;
        loop {
            match xtask::pipeline::lower::lower(&d) {
                Ok(l) => {
                    println!(
                        "{}: ok {:?} loosened {}",
                        f.display(),
                        t.elapsed(),
                        l.loosened.len()
                    );
                    let mut c = std::collections::BTreeMap::new();
                    for x in &l.loosened {
                        let e = c
                            .entry((x.keyword.clone(), x.reason))
                            .or_insert((0, x.pointer.clone()));
                        e.0 += 1;
                    }
                    for ((k, r), (n, p)) in c {
                        println!("     {n:5} {k}: {r}   e.g. {p}");
                    }
                    if let Err(e) = serde_json::from_value::<openapiv3::OpenAPI>(l.document.clone())
                    {
                        println!("   PARSE {e}");
                    }
                    let again = xtask::pipeline::lower::lower(&l.document).unwrap();
                    println!(
                        "   idempotent {} {}",
                        again.document == l.document,
                        again.loosened.len()
                    );
                    std::fs::write(
                        format!("/tmp/low_{}", f.file_name().unwrap().to_str().unwrap()),
                        serde_json::to_string_pretty(&l.document).unwrap(),
                    )
                    .unwrap();
                    break;
                }
                Err(e) => {
                    errs += 1;
                    if errs < 12 {
                        println!("{}: ERR {e}", f.display());
                    }
                    if errs > 400 {
                        break;
                    }
                    // remove the offender and go on
                    let p = e.pointer().unwrap_or("").to_owned();
                    let (parent, last) = match p.rfind('/') {
                        Some(i) => (
                            p[..i].to_owned(),
                            p[i + 1..].replace("~1", "/").replace("~0", "~"),
                        ),
                        None => break,
                    };
                    if parent.is_empty() {
                        break;
                    }
                    match d.pointer_mut(&parent) {
                        Some(Value::Object(m)) => {
                            if m.remove(&last).is_none() {
                                // missing
                                m.insert(last, json!("x"));
                            }
                        }
                        Some(Value::Array(a)) => {
                            a.remove(last.parse::<usize>().unwrap());
                        }
                        _ => break,
                    }
                }
            }
        }
        if errs > 0 {
            println!("   errors: {errs}");
        }
    }
}

#[test]
fn typify_corpus() {
    std::panic::set_hook(Box::new(|_| {}));
    let dir = std::path::Path::new("/tmp");
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with("low_"))
        .collect();
    files.sort();
    for f in files {
        let d: Value = serde_json::from_str(&std::fs::read_to_string(&f).unwrap()).unwrap();
        let schemas = d
            .pointer("/components/schemas")
            .cloned()
            .unwrap_or(json!({}));
        // each schema alone with its closure
        let mut bad = 0;
        let mut n = 0;
        let mut dup = 0;
        for (name, _) in schemas.as_object().unwrap() {
            n += 1;
            let mut need = vec![name.clone()];
            let mut got = serde_json::Map::new();
            while let Some(x) = need.pop() {
                if got.contains_key(&x) {
                    continue;
                }
                let s = schemas.get(&x).unwrap().clone();
                let t = s.to_string();
                for part in t.split("\"$ref\":\"#/components/schemas/").skip(1) {
                    need.push(part.split('"').next().unwrap().to_owned());
                }
                got.insert(x, s);
            }
            if got.len() > 60 {
                continue;
            }
            let api: openapiv3::OpenAPI = serde_json::from_value(json!({"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":got}})).unwrap();
            let r = std::thread::Builder::new()
                .stack_size(64 << 20)
                .spawn(move || {
                    std::panic::catch_unwind(move || {
                        let mut g = progenitor_impl::Generator::new(
                            &progenitor_impl::GenerationSettings::default(),
                        );
                        g.generate_tokens(&api)
                            .map(|t| t.to_string())
                            .map_err(|e| e.to_string())
                    })
                })
                .unwrap()
                .join()
                .unwrap();
            match r {
                Ok(Ok(t)) => {
                    let f = syn::parse_file(&t).unwrap();
                    let mut names = std::collections::BTreeSet::new();
                    for it in f.items {
                        if let syn::Item::Mod(m) = it {
                            if m.ident == "types" {
                                for it in m.content.unwrap().1 {
                                    let n = match it {
                                        syn::Item::Struct(s) => s.ident.to_string(),
                                        syn::Item::Enum(s) => s.ident.to_string(),
                                        _ => continue,
                                    };
                                    if !names.insert(n.clone()) {
                                        dup += 1;
                                        if dup < 4 {
                                            println!("   DUP {n} in {name}");
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                Ok(Err(e)) => {
                    bad += 1;
                    if bad < 6 {
                        println!("   {name} ERR {}", e.chars().take(200).collect::<String>());
                    }
                }
                Err(e) => {
                    bad += 1;
                    if bad < 6 {
                        println!(
                            "   {name} PANIC {}",
                            e.downcast_ref::<String>()
                                .cloned()
                                .or(e.downcast_ref::<&str>().map(|s| s.to_string()))
                                .unwrap_or_default()
                                .chars()
                                .take(300)
                                .collect::<String>()
                                .replace('\n', " ")
                        );
                    }
                }
            }
        }
        println!("{}: {n} schemas, bad {bad}, dup {dup}", f.display());
    }
}

// Values under names in IndexedDB. A browser without it, such as in a private window, keeps nothing.

/** Opens the database of a page. */
export async function openDatabase(name) {
  const database = await new Promise(resolve => {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('values');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });

  const run = (mode, work) => new Promise(resolve => {
    if (!database) return resolve(undefined);
    const transaction = database.transaction('values', mode);
    const request = work(transaction.objectStore('values'));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => resolve(undefined);
  });

  return {
    get: key => run('readonly', values => values.get(key)),
    put: (key, value) => run('readwrite', values => values.put(value, key)),
    clear: () => run('readwrite', values => values.clear())
  };
}
